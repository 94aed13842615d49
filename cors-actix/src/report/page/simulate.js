// What the middleware and the browser decide about one request, from the report's own data.
// A port of the engine's rules; a test compares it with answers that the engine wrote.

const LIMITS = {
  origin: 512, scheme: 64, host: 253, label: 63, method: 64, asked: 256,
  anyBytes: 8192, anyNames: 256, slack: 16,
};
const SAFELISTED_METHODS = ["GET", "HEAD", "POST"];
const NORMALIZED_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];
const DEFAULT_PORTS = { http: "80", https: "443", ftp: "21" };
const TOKEN = /^[a-zA-Z0-9!#$%&'*+\-.^_`|~]+$/;

/** Decides a request against one row; every rule that takes part, the deciding one first. */
function decide(row, sets, question) {
  const method = normalizedMethod(question.method);
  const names = requestedNames(question.headers);
  const preflight = names.length > 0 || !SAFELISTED_METHODS.includes(method);
  if (row.policy === null) {
    return { allowed: null, preflight, rules: [], exposes: null };
  }
  const policy = row.policy;
  const origin = originRules(policy, sets, question.origin);
  const steps = [origin.rules];
  if (preflight) {
    steps.push([methodRule(row, method)]);
    steps.push(headerRules(policy.allow_headers, names));
  } else {
    steps.push([rule("method", true, method, "needs no permission", [])]);
  }
  const grant = origin.grant;
  let failing = grant === null ? 0 : steps.findIndex((rules) => rules.some((r) => !r.passes) && rules !== steps[0]);
  const rules = steps.flat();
  let deciding = failing < 0
    ? origin.deciding
    : rules.indexOf(steps[failing].find((r) => !r.passes));
  let allowed = failing < 0;
  rules.unshift(...rules.splice(deciding, 1));
  if (question.credentials) {
    const passes = grant !== null && grant.credentials;
    const sources = grant === null ? [] : [grant.source];
    const reason = passes
      ? "cookies may come along"
      : grant === null ? "the origin has no rights" : "the answer to a request with cookies cannot be read";
    const verdict = rule("credentials", passes, "with credentials", reason, sources);
    if (allowed && !passes) rules.unshift(verdict);
    else rules.push(verdict);
    allowed = allowed && passes;
  }
  const exposed = grant === null ? null : grant.expose_headers;
  const exposes = allowed ? { any: exposed.any, names: exposed.names } : null;
  return { allowed, preflight, rules, exposes };
}

/** Browsers write six methods in upper case, and others as they are given. */
function normalizedMethod(method) {
  const upper = method.toUpperCase();
  return NORMALIZED_METHODS.includes(upper) ? upper : method;
}

/** The names as a browser asks for them: lower case, sorted, each once. */
function requestedNames(headers) {
  const names = headers.map((name) => asciiLower(name.trim())).filter((name) => name !== "");
  return [...new Set(names)].sort();
}

function asciiLower(text) {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function rule(name, passes, asked, reason, sources) {
  return { rule: name, passes, asked: cut(asked), reason, sources };
}

function cut(text) {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= LIMITS.asked) return text;
  return new TextDecoder().decode(bytes.subarray(0, LIMITS.asked)) + "…";
}

/** One rule for each grant, the one added last first; the first that matches decides. */
function originRules(policy, sets, origin) {
  const grants = policy.grants;
  if (grants.length === 0) {
    const sources = policy.off === null ? [] : [policy.off];
    const rules = [rule("policy", false, origin, "nobody is trusted here", sources)];
    return { rules, grant: null, deciding: 0 };
  }
  const always = grants.length === 1 && grants[0].origins.any;
  const valid = isOrigin(origin);
  const rules = [];
  let grant = null;
  let deciding = 0;
  for (const candidate of [...grants].reverse()) {
    const { any, patterns, set } = candidate.origins;
    const list = set === null ? patterns : sets.get(set) ?? [];
    const match = any ? null : findPattern(list, origin);
    const matches = any ? always || valid : match !== null;
    let reason = valid ? "no pattern stands for it" : "not an origin that a browser sends";
    if (matches) {
      reason = any ? "every origin is trusted" : "`" + match + "` stands for it";
      if (grant !== null) reason += ", but a later grant decides";
      else {
        grant = candidate;
        deciding = rules.length;
      }
    }
    rules.push(rule("origin", matches, origin, reason, [candidate.source]));
  }
  return { rules, grant, deciding };
}

function methodRule(row, method) {
  const sources = row.method_by_route ? [] : row.policy.methods.sources;
  const listed = row.policy.methods;
  if (!TOKEN.test(method) || method.length > LIMITS.method || FORBIDDEN_METHODS.includes(method.toUpperCase())) {
    return rule("method", false, method, "browsers never send this method", sources);
  }
  if (row.method_by_route) return rule("method", true, method, "a route serves it", sources);
  if (SAFELISTED_METHODS.includes(method)) return rule("method", true, method, "needs no permission", sources);
  if (listed.any) return rule("method", true, method, "every method is listed", sources);
  const passes = listed.names.includes(method);
  return rule("method", passes, method, passes ? "listed" : "the method is not listed", sources);
}

function headerRules(allowed, names) {
  const sources = allowed.sources;
  const line = names.join(",");
  const own = allowed.names.join(",");
  const maxBytes = allowed.any ? LIMITS.anyBytes : own.length + 2 * allowed.names.length + LIMITS.slack;
  const bytes = new TextEncoder().encode(line);
  const lengths = (list) => list.reduce((sum, name) => sum + new TextEncoder().encode(name).length, 0);
  // names that all are listed, each of them once, are not longer than the list
  const tooLong = !allowed.any && lengths(names) > lengths(allowed.names);
  const most = allowed.any ? LIMITS.anyNames : allowed.names.length;
  const maxNames = tooLong ? 0 : most;
  const failing = names.findIndex((name) => !headerRule(allowed, name).passes);
  const tooMany = names.length > maxNames && (failing < 0 || failing > maxNames);
  if (bytes.length <= maxBytes && !tooMany) return names.map((name) => headerRule(allowed, name));
  // of a list that is too long, its start may tell more
  const start = new TextDecoder().decode(bytes.subarray(0, LIMITS.asked)).split(",");
  const size = rule("request headers", false, line, "more or longer names of request headers than are listed", sources);
  return [size].concat(start.filter((name) => name !== "").map((name) => headerRule(allowed, name)));
}

function headerRule(allowed, name) {
  const listed = allowed.names.some((own) => asciiLower(own) === name);
  const token = TOKEN.test(name);
  const passes = listed || (token && allowed.any && name !== "authorization");
  let reason = token ? "not listed" : "not a header name";
  if (passes) reason = allowed.any ? "every header is listed" : "listed";
  return rule("request header", passes, name, reason, allowed.sources);
}

/** The pattern that stands for an origin: an exact one, then those for the shortest domains. */
function findPattern(patterns, origin) {
  if (patterns.includes(origin) && isExact(origin)) return origin;
  const parts = splitOrigin(origin);
  if (parts === null) return null;
  let best = null;
  patterns.forEach((text, index) => {
    const pattern = parsePattern(text);
    if (pattern === null || isExact(text) || !stands(pattern, parts)) return;
    const labels = pattern.star === "" ? 0 : pattern.domain.split(".").length;
    const rank = [labels, pattern.anyPort ? 1 : 0, pattern.star === "label" ? 1 : 0, index];
    if (best === null || isBefore(rank, best.rank)) best = { text, rank };
  });
  return best === null ? null : best.text;
}

function isBefore(rank, other) {
  const at = rank.findIndex((value, index) => value !== other[index]);
  return at >= 0 && rank[at] < other[at];
}

function isExact(pattern) {
  return !pattern.includes("*");
}

function parsePattern(text) {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  if (match === null) return null;
  const [, scheme, host, port] = match;
  const anyPort = port === "*";
  const shape = { scheme, anyPort, port: anyPort ? null : port ?? null, star: "", domain: host };
  if (host.startsWith("*.")) return { ...shape, star: "labels", domain: host.slice(2) };
  const [label, ...rest] = host.split(".");
  if (!label.includes("*")) return shape;
  const [before, after] = label.split("*");
  return { ...shape, star: "label", domain: rest.join("."), before, after };
}

function stands(pattern, origin) {
  const port = pattern.anyPort || pattern.port === origin.port;
  if (pattern.scheme !== origin.scheme || !port) return false;
  if (pattern.star === "") return pattern.domain === origin.host;
  const suffix = "." + pattern.domain;
  if (!origin.host.endsWith(suffix) || origin.host.length > LIMITS.host) return false;
  const label = origin.host.slice(0, -suffix.length);
  if (pattern.star === "labels") {
    return label.split(".").every((part) => /^[a-z0-9_-]+$/.test(part) && part.length <= LIMITS.label);
  }
  const { before, after } = pattern;
  const long = label.length >= before.length + after.length;
  const star = label.slice(before.length, label.length - after.length);
  return label.length <= LIMITS.label && long && label.startsWith(before) && label.endsWith(after)
    && /^[a-z0-9-]+$/.test(star);
}

/** `scheme://host[:port]`, cut into its parts; null where it is none. */
function splitOrigin(value) {
  if (new TextEncoder().encode(value).length > LIMITS.origin) return null;
  const colon = value.indexOf(":");
  if (colon < 0 || colon > LIMITS.scheme || !value.startsWith("://", colon)) return null;
  const scheme = value.slice(0, colon);
  const rest = value.slice(colon + 3);
  const tail = Math.max(0, rest.length - ":65535".length);
  const at = rest.lastIndexOf(":");
  let host = rest;
  let port = null;
  if (at >= tail && !rest.endsWith("]")) {
    host = rest.slice(0, at);
    port = rest.slice(at + 1);
    if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535) return null;
  }
  if (host === "" || (port !== null && port === DEFAULT_PORTS[scheme])) return null;
  return { scheme, host, port };
}

function isOrigin(value) {
  if (value === "null") return true;
  const parts = splitOrigin(value);
  if (parts === null || !/^[a-z][a-z0-9+.-]*$/.test(parts.scheme)) return false;
  if (parts.host.startsWith("[")) return /^\[[0-9a-f:.]+\]$/.test(parts.host);
  return /^[!-~]*$/.test(parts.host) && !/[#/:<>?@[\\\]^|]/.test(parts.host);
}

/**
 * The rows whose policy may hold for a typed path. Only literals and plain `{x}` are compared; a
 * pattern with anything else may or may not match.
 */
function rowsFor(rows, path, method) {
  const wanted = normalizedMethod(method);
  const regions = rows.filter((row) => row.kind === "region");
  const possible = new Set([""]);
  let certain = "";
  for (const region of regions) {
    const match = matches(region.path, path, true);
    if (match !== "no") possible.add(region.path);
    if (match === "yes") certain = region.path;
  }
  const unsure = regions.some((row) => matches(row.path, path, true) === "maybe");
  const regionOf = (row) => (row.kind === "region" ? row.path : row.region ?? "");
  const here = (row) => (unsure ? possible.has(regionOf(row)) : regionOf(row) === certain);
  const found = [];
  for (const row of rows) {
    const serves = row.kind === "route" && (!row.method_by_route || row.methods.includes(wanted));
    if (!serves || !here(row)) continue;
    const match = matches(row.path, path, false);
    if (match === "no") continue;
    found.push(row);
    if (match === "yes" && !unsure) return found;
  }
  const others = rows.filter((row) => (row.kind === "region" || row.kind === "app") && here(row));
  return found.concat(others);
}

function matches(pattern, path, prefix) {
  const brace = pattern.indexOf("{");
  if (brace >= 0 && !path.startsWith(pattern.slice(0, brace))) return "no";
  if (pattern.endsWith("*") || (brace >= 0 && /[:*]/.test(pattern.slice(brace)))) return "maybe";
  const own = pattern.split("/");
  const given = path.split("/");
  let result = "yes";
  for (let index = 0; index < own.length; index++) {
    if (index >= given.length) return "no";
    const match = matchesSegment(own[index], given[index]);
    if (match === "no") return "no";
    if (match === "maybe") result = "maybe";
  }
  return prefix || own.length === given.length ? result : "no";
}

function matchesSegment(own, given) {
  if (!own.includes("{")) return own === given ? "yes" : "no";
  if (/^\{[^{}]*\}$/.test(own)) return given === "" ? "no" : "yes";
  return "maybe";
}
