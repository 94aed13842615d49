// The details of a row: provenance, risks, and lines to copy.

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
    el("p", {}, ...prose(sentence(meanings.get(risk).meaning))),
    el("p", { class: "soft" }, "About: ", ...about.flatMap((name, index) => [index === 0 ? "" : ", ", code(name)])),
    el("p", { class: "soft" }, "To do: ", ...prose(meanings.get(risk).help + "."))));
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
  const url = quote((location.protocol.startsWith("http") ? location.origin : "http://localhost:8080") + path);
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
