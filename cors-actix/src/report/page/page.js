// The page: a table that filters and sorts, details of each row, and the simulator's form.

const report = JSON.parse(document.getElementById("report").textContent);
const byId = (id) => document.getElementById(id);
const LEVELS = ["high", "medium", "low"];
// rows that are drawn at once, and shortly after; origins in a cell; origins of a set
const FIRST = 20;
const CHUNK = 80;
const MAX_ORIGINS = 4;
const MAX_LISTED = 500;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u3000\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu;
const meanings = new Map(report.risks.map((risk) => [risk.risk, risk]));
const sets = new Map(report.sets.map((set) => [set.name, set.origins]));
const entries = report.rows.map(entryOf);
const state = { text: "", method: "", risk: "", sort: null, descending: false, shown: FIRST, pinned: null, timer: 0 };
let matching = entries;

// ---- building blocks: text only ever becomes text

function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Spells out what a reader could not see, or what would move the text around it. */
function visible(text) {
  return text.replace(HIDDEN, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");
}

function code(text) {
  return el("code", {}, visible(text));
}

function place(source) {
  return visible(source.line === null ? source.file : source.file + ":" + source.line);
}

function from(source) {
  return visible(source.layer) + " · " + place(source);
}

function words(name) {
  return name.replaceAll("_", " ");
}

// ---- the rows

function entryOf(row, index) {
  const levels = row.risks.map((finding) => LEVELS.indexOf(meanings.get(finding.risk).level));
  const grants = row.policy === null ? [] : row.policy.grants;
  const origins = grants.flatMap((grant) => originNames(grant.origins));
  const rights = row.policy === null ? [] : [
    ...grants.flatMap((grant) => [grant.credentials ? "credentials" : "", ...grant.expose_headers.names]),
    ...row.policy.allow_headers.names,
  ];
  const text = [
    row.methods.join(" "), title(row), row.region ?? "", row.handler, place(row.source), ...origins, ...rights,
    ...row.risks.map((finding) => words(finding.risk)), row.policy === null ? "left" : grants.length === 0 ? "off" : "",
  ];
  return {
    row, index, origins,
    level: levels.length === 0 ? LEVELS.length : Math.min(...levels),
    haystack: text.join("\n").toLowerCase(),
    keys: {
      methods: row.methods.join(" "), path: row.path, origins: origins.join(" "), handler: row.handler + place(row.source),
      rights: rights.join(" "),
    },
    element: null, open: false,
  };
}

function originNames(origins) {
  if (origins.any) return ["any"];
  return origins.set === null ? origins.patterns : ["set " + origins.set];
}

function title(row) {
  if (row.kind === "app") return "app default";
  return row.kind === "region" ? "at " + row.path : row.path;
}

function filter() {
  const terms = state.text.toLowerCase().split(/\s+/).filter((term) => term !== "");
  const level = LEVELS.indexOf(state.risk);
  matching = entries.filter((entry) => {
    if (state.method !== "" && !entry.row.any_method && !entry.row.methods.includes(state.method)) return false;
    if (level >= 0 && entry.level !== level) return false;
    if (level < 0 && state.risk !== "" && !entry.row.risks.some((finding) => finding.risk === state.risk)) return false;
    return terms.every((term) => entry.haystack.includes(term));
  });
  if (state.sort !== null) sort();
  state.shown = FIRST;
  draw();
  // the rest can wait until the reader stops typing
  clearTimeout(state.timer);
  state.timer = setTimeout(() => showMore(CHUNK - FIRST), 150);
}

function sort() {
  const key = state.sort;
  const sign = state.descending ? -1 : 1;
  const compare = key === "risks"
    ? (a, b) => a.level - b.level || b.row.risks.length - a.row.risks.length
    : (a, b) => (a.keys[key] < b.keys[key] ? -1 : a.keys[key] > b.keys[key] ? 1 : 0);
  matching.sort((a, b) => sign * compare(a, b) || a.index - b.index);
}

function draw() {
  const shown = matching.slice(0, state.shown);
  const rows = [];
  for (const entry of shown) {
    entry.element ??= rowElement(entry);
    rows.push(entry.element);
    if (entry.open) rows.push(entry.detail);
  }
  byId("body").replaceChildren(...rows);
  byId("table").hidden = shown.length === 0;
  byId("none").hidden = shown.length > 0;
  const all = entries.length;
  byId("count").textContent = matching.length === all ? `${all} rows` : `${matching.length} of ${all} rows`;
  const left = matching.length - shown.length;
  byId("more").hidden = left === 0;
  byId("more").textContent = `Show ${Math.min(left, CHUNK * 5)} more of ${left}`;
  for (const button of byId("stats").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.risk === state.risk));
  }
}

function rowElement(entry) {
  const { row } = entry;
  const toggle = el("button", { class: "path", type: "button", "aria-expanded": "false", onclick: () => open(entry) });
  if (row.kind === "route" || row.kind === "plain") toggle.append(...pathParts(row.path));
  else toggle.append(visible(title(row)));
  entry.toggle = toggle;
  const cell = (name, ...children) =>
    el("td", { class: "c-" + name, role: "cell" }, ...(children.length === 0 ? [] : [el("div", { class: "stack" }, ...children)]));
  const methods = row.any_method ? [method("any")] : row.methods.map(method);
  return el("tr", { class: "row", role: "row" },
    cell("methods", ...methods),
    cell("path", toggle, row.region === null ? "" : el("span", { class: "soft" }, "at " + visible(row.region)),
      row.kind === "plain" ? el("span", { class: "soft" }, "without #[cors]") : "",
      row.kind === "region" ? el("span", { class: "soft" }, "all other routes below") : "",
      row.kind === "app" ? el("span", { class: "soft" }, "all other routes") : ""),
    cell("origins", ...originCells(entry)),
    cell("rights", ...rightCells(row)),
    cell("risks", ...row.risks.map((finding) => badge(finding.risk))),
    cell("handler", row.handler === "" ? "" : el("span", { class: "handler" }, code(row.handler)),
      el("span", { class: "soft mono" }, ...breakable(place(row.source)))));
}

/** A long path breaks behind its slashes. */
function breakable(text) {
  return text.split(/(?<=\/)/).flatMap((part, index) => (index === 0 ? [part] : [el("wbr"), part]));
}

function method(name) {
  return el("span", { class: "method " + (/^[A-Z]+$/.test(name) ? name : "") }, visible(name));
}

function pathParts(path) {
  return visible(path).split(/(\{[^}]*\})/).filter((part) => part !== "")
    .flatMap((part) => (part.startsWith("{") ? [el("i", {}, part)] : breakable(part)));
}

function originCells(entry) {
  if (entry.row.policy === null) return [el("span", { class: "off" }, "left to what stands inside")];
  if (entry.origins.length === 0) return [el("span", { class: "off" }, "off: nobody")];
  const cells = entry.origins.slice(0, MAX_ORIGINS).map((name) =>
    name === "any" ? el("span", { class: "chip any" }, "any origin") : code(name));
  const more = entry.origins.length - cells.length;
  return more === 0 ? cells : [...cells, el("span", { class: "soft" }, `and ${more} more`)];
}

function rightCells(row) {
  if (row.policy === null || row.policy.grants.length === 0) return [];
  const { grants, allow_headers, max_age } = row.policy;
  const cells = [];
  const some = grants.filter((grant) => grant.credentials).length;
  if (some > 0) {
    const text = some === grants.length ? "credentials" : "credentials for some";
    cells.push(el("span", { class: "chip credentials" }, text));
  }
  const sends = nameList(allow_headers);
  if (sends !== "") cells.push(el("span", { class: "soft" }, "sends ", code(sends)));
  const reads = [...new Set(grants.map((grant) => nameList(grant.expose_headers)))].filter((names) => names !== "");
  if (reads.length > 0) cells.push(el("span", { class: "soft" }, "reads ", code(reads.join(", "))));
  if (max_age !== null) cells.push(el("span", { class: "soft" }, "max-age " + duration(max_age.seconds)));
  return cells;
}

function nameList(setting) {
  return [...(setting.any ? ["any"] : []), ...setting.names].join(", ");
}

function duration(seconds) {
  for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}

function badge(risk) {
  const { level } = meanings.get(risk);
  return el("span", { class: "risk " + level }, words(risk), el("span", { class: "sr" }, `, ${level} risk`));
}

// ---- the details of a row

function open(entry) {
  entry.open = !entry.open;
  entry.detail ??= detailElement(entry);
  entry.element.classList.toggle("open", entry.open);
  entry.toggle.setAttribute("aria-expanded", String(entry.open));
  if (entry.open) entry.element.after(entry.detail);
  else entry.detail.remove();
}

function detailElement(entry) {
  const { row } = entry;
  const parts = [el("div", {}, el("h3", {}, "Effective policy, and where it comes from"), keyList(row))];
  const risks = row.risks.map(({ risk, about }) => el("li", {}, badge(risk),
    el("p", {}, sentence(meanings.get(risk).meaning)),
    el("p", { class: "soft" }, "About: ", ...about.flatMap((name, index) => [index === 0 ? "" : ", ", code(name)])),
    el("p", { class: "soft" }, "To do: " + meanings.get(risk).help)));
  const notes = row.notes.map((note) => el("li", {}, el("p", { class: "soft" }, "Note: " + visible(note))));
  if (risks.length + notes.length > 0) {
    parts.push(el("div", {}, el("h3", {}, "Risks"), el("ul", { class: "why" }, ...risks, ...notes)));
  }
  parts.push(el("div", { class: "wide" }, el("h3", {}, "Try it"), ...curlLines(row).map(curlElement),
    row.policy === null ? "" : el("button", { type: "button", onclick: () => pin(row) }, "Ask the simulator")));
  const cell = el("td", { colspan: "6", role: "cell" }, el("div", { class: "inner" }, ...parts));
  return el("tr", { class: "detail", role: "row" }, cell);
}

function sentence(text) {
  return text[0].toUpperCase() + text.slice(1) + ".";
}

function keyList(row) {
  const list = el("dl", { class: "keys" });
  const add = (key, value, sources) => list.append(el("dt", {}, key), el("dd", {}, ...value,
    ...sources.map((source) => el("div", { class: "from" }, from(source)))));
  if (row.policy === null) {
    add("leave", ["preflights and headers pass untouched"], [row.source]);
    return list;
  }
  const { grants, off, allow_headers, max_age, methods } = row.policy;
  if (grants.length === 0) add("off", ["nobody is trusted"], off === null ? [] : [off]);
  for (const grant of grants) {
    const names = originNames(grant.origins).flatMap((name, index) => [index === 0 ? "" : el("br"), code(name)]);
    add("origins", names, [grant.source]);
    if (grant.credentials) add("credentials", ["cookies and HTTP authentication"], [grant.source]);
    if (nameList(grant.expose_headers) !== "") {
      add("expose_headers", [code(nameList(grant.expose_headers))], grant.expose_headers.sources);
    }
    for (const flag of grant.opt_ins) add(flag, ["set"], [grant.source]);
  }
  if (nameList(allow_headers) !== "") add("allow_headers", [code(nameList(allow_headers))], allow_headers.sources);
  if (max_age !== null) add("max_age", [`${max_age.seconds} seconds`], max_age.sources);
  if (!row.method_by_route && nameList(methods) !== "") add("methods", [code(nameList(methods))], methods.sources);
  return list;
}

function curlLines(row) {
  if (row.policy === null || row.policy.grants.length === 0) return [];
  const grant = row.policy.grants.at(-1);
  const origin = exampleOrigin(grant.origins);
  const name = row.any_method ? "GET" : row.methods[0];
  const path = encodeURI(examplePath(row));
  const url = quote("http://localhost:8080" + path);
  const head = `-H ${quote("Origin: " + origin)}`;
  const asked = row.policy.allow_headers.names;
  const ask = asked.length === 0 ? "" : ` -H ${quote("Access-Control-Request-Headers: " + [...asked].sort().join(","))}`;
  return [
    `curl -i -X OPTIONS ${url} ${head} -H ${quote("Access-Control-Request-Method: " + name)}${ask}`,
    `curl -i -X ${quote(name)} ${url} ${head}`,
  ];
}

function exampleOrigin(origins) {
  const list = origins.set === null ? origins.patterns : sets.get(origins.set) ?? [];
  const first = list.find((pattern) => !pattern.includes("*")) ?? list[0] ?? "https://example.com";
  return first.replace(/:\*$/, "").replace("://*.", "://www.").replace("*", "1");
}

/** The pattern with `1` for each parameter. */
function examplePath(row) {
  return (row.path || "/").replace(/\{[^}]*\}/g, "1");
}

function quote(text) {
  return /^[\w./:=-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}

function curlElement(line) {
  const button = el("button", { type: "button", onclick: () => copy(line, button) }, "Copy");
  return el("div", { class: "curl" }, el("pre", { tabindex: "0" }, visible(line)), button);
}

/** Pages from `file://` may have no clipboard of the new kind. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

// ---- the simulator

function question() {
  return {
    origin: byId("q-origin").value.trim(),
    method: byId("q-method").value.trim(),
    path: byId("q-path").value.trim(),
    headers: byId("q-headers").value.split(/[\s,]+/),
    credentials: byId("q-cookies").checked,
  };
}

function pin(row) {
  state.pinned = row;
  byId("q-path").value = row.path;
  byId("q-method").value = row.any_method ? "GET" : row.methods[0] ?? "GET";
  if (row.policy !== null && row.policy.grants.length > 0) {
    byId("q-origin").value = exampleOrigin(row.policy.grants.at(-1).origins);
  }
  ask();
  byId("try").scrollIntoView({ block: "start" });
  byId("q-origin").focus({ preventScroll: true });
}

function ask() {
  const asked = question();
  const pinned = byId("pinned");
  pinned.hidden = state.pinned === null;
  pinned.replaceChildren();
  if (state.pinned !== null) {
    pinned.append("Asked about ", el("span", { class: "chip" }, code(rowTitle(state.pinned))),
      el("button", { type: "button", onclick: unpin }, "Ask about the path instead"));
    return answer(state.pinned, asked);
  }
  if (asked.path === "" || asked.method === "" || asked.origin === "") return byId("verdict").replaceChildren();
  const path = asked.path.startsWith("/") ? asked.path.split(/[?#]/)[0] : "/" + asked.path;
  const rows = rowsFor(report.rows, path, asked.method);
  if (rows.length === 1) return answer(rows[0], asked);
  choose(rows);
}

function unpin() {
  state.pinned = null;
  ask();
  byId("q-path").focus();
}

function rowTitle(row) {
  const where = row.region === null ? "" : " at " + row.region;
  return row.kind === "route" || row.kind === "plain" ? `${row.any_method ? "any" : row.methods.join(" ")} ${row.path}${where}` : title(row);
}

function choose(rows) {
  byId("verdict").replaceChildren(
    el("p", {}, "Patterns with a regex are not compared here. These may serve the request; pick one:"),
    el("ul", { class: "places" }, ...rows.map((row) => el("li", {},
      el("button", { type: "button", onclick: () => { state.pinned = row; ask(); } }, code(rowTitle(row)))))));
}

function answer(row, asked) {
  const result = decide(row, sets, asked);
  const word = result.allowed === null ? "left" : result.allowed ? "yes" : "no";
  const name = normalizedMethod(asked.method);
  const text = {
    left: "Nothing is checked here: it is left to what stands inside.",
    yes: `Yes. A page of ${asked.origin} may send this ${name} and read the answer.`,
    no: `No. ${result.rules.length > 0 ? ruleText(result.rules[0]) : ""}.`,
  }[word];
  const where = [
    result.preflight ? "The browser asks by a preflight first." : "The browser sends it without a preflight.",
    result.exposes === null ? "" : readable(result.exposes),
    row.kind === "route"
      ? "A route without #[cors] that is registered earlier may take the request."
      : "No route with #[cors] serves this.",
  ];
  const decided = el("p", { class: "soft" }, "Policy of ", code(rowTitle(row)), " · ",
    row.handler === "" ? "" : code(row.handler), " ", place(row.source));
  byId("verdict").replaceChildren(
    el("div", { class: "answer " + word }, mark(word),
      el("div", {}, el("strong", {}, visible(text)), decided,
        el("p", { class: "soft" }, where.filter((part) => part !== "").join(" ")))),
    el("ol", { class: "rules", "aria-label": "Rules, the one that decides first" }, ...result.rules.map(ruleElement)));
}

function readable(exposes) {
  if (exposes.any) return "Its scripts read every response header.";
  return exposes.names.length === 0
    ? "Its scripts read the safelisted response headers only."
    : `Its scripts also read ${exposes.names.join(", ")}.`;
}

function mark(word) {
  return el("span", { class: "mark", "aria-hidden": "true" }, { yes: "✓", no: "✕", left: "?" }[word]);
}

function ruleText(verdict) {
  const asked = verdict.rule === "credentials" ? "cookies" : `${verdict.rule} ${verdict.asked}`;
  return `${asked[0].toUpperCase()}${asked.slice(1)}: ${verdict.reason}`;
}

function ruleElement(verdict, index) {
  const word = verdict.passes ? "yes" : "no";
  return el("li", { class: word + (index === 0 ? " first" : "") }, mark(word),
    el("span", {}, el("span", { class: "sr" }, word + ": "), verdict.rule + " ",
      verdict.rule === "credentials" ? "" : code(verdict.asked), " ",
      el("span", { class: "what" }, "– " + visible(verdict.reason))),
    el("span", { class: "from" }, verdict.sources.map(from).join(", ")));
}

// ---- start

function start() {
  byId("coverage").textContent = "Which sites may call which route from a browser: " + report.coverage + ".";
  byId("q-path").placeholder = examplePath(report.rows[0]);
  drawStats();
  drawHead();
  drawFilters();
  drawSets();
  drawMeanings();
  listen();
  filter();
}

function drawStats() {
  const count = (level) => entries.filter((entry) => entry.level === level).length;
  const stat = (risk, number, text, kind) => el("li", {},
    el("button", { type: "button", class: kind, "data-risk": risk, "aria-pressed": "false",
      onclick: () => { set("by-risk", state.risk === risk ? "" : risk); } }, el("b", {}, String(number)), text));
  byId("stats").append(stat("", entries.length, "rows", ""),
    ...LEVELS.map((level, index) => stat(level, count(index), level + " risk", level)));
}

function set(id, value) {
  byId(id).value = value;
  readFilters();
}

function drawHead() {
  const columns = [["methods", "Methods"], ["path", "Path"], ["origins", "Origins"], ["rights", "Rights"], ["risks", "Risks"], ["handler", "Handler"]];
  byId("head").append(...columns.map(([key, text]) => el("th", { scope: "col", role: "columnheader", class: "c-" + key },
    el("button", { type: "button", onclick: (event) => sortBy(key, event.currentTarget.parentElement) }, text))));
}

/** Ascending, descending, and back to the order of routing. */
function sortBy(key, heading) {
  const again = state.sort === key;
  for (const other of byId("head").children) other.removeAttribute("aria-sort");
  if (again && state.descending) {
    state.sort = null;
  } else {
    state.sort = key;
    state.descending = again;
    heading.setAttribute("aria-sort", again ? "descending" : "ascending");
  }
  filter();
}

function drawFilters() {
  const option = (value, text) => el("option", { value }, text);
  const methods = [...new Set(report.rows.flatMap((row) => row.methods))].sort();
  byId("by-method").append(option("", "All methods"), ...methods.map((name) => option(name, name)));
  byId("methods").append(...[...new Set(["GET", "POST", "PUT", "DELETE", "PATCH", ...methods])].map((name) => option(name, "")));
  const used = new Set(report.rows.flatMap((row) => row.risks.map((finding) => finding.risk)));
  const risks = report.risks.filter(({ risk }) => used.has(risk)).map(({ risk }) => option(risk, words(risk)));
  byId("by-risk").append(option("", "All risks"),
    el("optgroup", { label: "Highest risk" }, ...LEVELS.map((level) => option(level, level))),
    el("optgroup", { label: "Risk" }, ...risks));
}

function drawSets() {
  byId("sets").hidden = report.sets.length === 0;
  byId("set-list").append(...report.sets.map((set) => el("details", {},
    el("summary", {}, code(set.name), ` · ${set.origins.length} ${set.origins.length === 1 ? "origin" : "origins"}`,
      el("span", { class: "from" }, place(set.source))),
    el("ul", { class: "origins" }, ...set.origins.slice(0, MAX_LISTED).map((origin) => el("li", {}, code(origin))),
      set.origins.length > MAX_LISTED ? el("li", { class: "soft" }, `and ${set.origins.length - MAX_LISTED} more`) : ""))));
}

function drawMeanings() {
  byId("meanings").append(...report.risks.flatMap(({ risk, meaning, help }) => [
    el("dt", {}, badge(risk)),
    el("dd", {}, sentence(meaning), " ", el("span", { class: "soft" }, "To do: " + help + ".")),
  ]));
}

function readFilters() {
  state.text = byId("search").value;
  state.method = byId("by-method").value;
  state.risk = byId("by-risk").value;
  filter();
}

function reset() {
  for (const id of ["search", "by-method", "by-risk"]) byId(id).value = "";
  readFilters();
  byId("search").focus();
}

function listen() {
  for (const id of ["search", "by-method", "by-risk"]) byId(id).addEventListener("input", readFilters);
  for (const form of ["tools", "question"]) byId(form).addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", reset);
  byId("none-reset").addEventListener("click", reset);
  byId("more").addEventListener("click", () => showMore(CHUNK * 5));
  byId("question").addEventListener("input", (event) => {
    if (event.target.id === "q-path") state.pinned = null;
    ask();
  });
  addEventListener("beforeprint", () => showMore(Infinity));
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && typing === null && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("search").focus();
    }
  });
}

function showMore(rows) {
  clearTimeout(state.timer);
  state.shown += rows;
  draw();
}

start();
