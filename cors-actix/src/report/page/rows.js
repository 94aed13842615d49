// The table: its rows, and which of them are shown in which order.

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
    row, index, origins, sets: grants.map((grant) => grant.origins.set).filter((set) => set !== null),
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
    const inSet = (term) => entry.sets.some((set) => setTexts.get(set).includes(term));
    return terms.every((term) => entry.haystack.includes(term) || inSet(term));
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
  const cells = entry.origins.slice(0, MAX_PRINTED).map((name, index) =>
    name === "any" ? el("span", { class: "chip any" }, "any origin")
      : el("span", index < MAX_ORIGINS ? {} : { class: "on-paper" }, code(name)));
  const more = (count, kind) => (count > 0 ? [el("span", { class: "soft " + kind }, `and ${count} more`)] : []);
  return [...cells, ...more(entry.origins.length - MAX_ORIGINS, "on-screen"),
    ...more(entry.origins.length - MAX_PRINTED, "on-paper")];
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
  const readBySome = grants.some((grant) => nameList(grant.expose_headers) !== reads[0]);
  if (reads.length > 0) {
    cells.push(el("span", { class: "soft" }, "reads ", code(reads.join(", ")), readBySome ? " for some" : ""));
  }
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
