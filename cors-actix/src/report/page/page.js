// The page's data and state, and how it starts. The functions are in the files beside this one; all
// of them are one script.

const report = JSON.parse(document.getElementById("report").textContent);
const byId = (id) => document.getElementById(id);
const LEVELS = ["high", "medium", "low"];
// rows that are drawn at once, and shortly after; origins in a cell, and in a printed one; origins of a set
const FIRST = 20;
const CHUNK = 80;
const MAX_ORIGINS = 4;
const MAX_PRINTED = 100;
const MAX_LISTED = 500;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u3000\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu;
const meanings = new Map(report.risks.map((risk) => [risk.risk, risk]));
const sets = new Map(report.sets.map((set) => [set.name, set.origins]));
const setTexts = new Map(report.sets.map((set) => [set.name, set.origins.join("\n").toLowerCase()]));
const entries = report.rows.map(entryOf);
const state = { text: "", method: "", risk: "", sort: null, descending: false, shown: FIRST, pinned: null, timer: 0 };
let matching = entries;

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
    el("dd", {}, ...prose(sentence(meaning)), " ", el("span", { class: "soft" }, "To do: ", ...prose(help + "."))),
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
  addEventListener("beforeprint", () => {
    showMore(Infinity);
    for (const set of byId("set-list").children) set.open = true;
  });
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
