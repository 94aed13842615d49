// The simulator's form and its answers.

function question() {
  return {
    origin: sentOrigin(byId("q-origin").value.trim()),
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
  const rows = rowsFor(report.rows, sentPath(asked.path), asked.method);
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
    caveat(row),
  ];
  const decided = el("p", { class: "soft" }, "Policy of ", code(rowTitle(row)), " · ",
    row.handler === "" ? "" : code(row.handler), " ", place(row.source));
  byId("verdict").replaceChildren(
    el("div", { class: "answer " + word }, mark(word),
      el("div", {}, el("strong", {}, ...prose(text)), decided,
        el("p", { class: "soft" }, where.filter((part) => part !== "").join(" ")))),
    el("ol", { class: "rules", "aria-label": "Rules, the one that decides first" }, ...result.rules.map(ruleElement)));
}

function caveat(row) {
  if (row.kind !== "route") return "No route with #[cors] serves this.";
  return row.guarded
    ? "It has a guard: where that fails, another route takes the request."
    : "A route without #[cors] that is registered earlier may take the request.";
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
      el("span", { class: "what" }, "– ", ...prose(verdict.reason))),
    el("span", { class: "from" }, verdict.sources.map(from).join(", ")));
}
