// Draws groups, rows and the score. Text from the network goes into the page as text only.

import { wanted } from "/lab.js";

export class View {
  #rows = new Map();
  #galleries = new Map();
  #total = 0;
  #ended = 0;
  #failed = 0;

  constructor(config, groups) {
    at("page-origin").textContent = config.page;
    at("api-origin").textContent = config.api;
    at("again").disabled = true;
    at("trouble").hidden = true;
    at("tiles").replaceChildren();
    at("groups").replaceChildren(...groups.map((group) => this.#group(group)));
    at("only-bad").onchange = ({ target }) => document.body.classList.toggle("only-bad", target.checked);
    document.body.classList.remove("finished", "failed");
    this.#score();
  }

  gallery(group) {
    return this.#galleries.get(group);
  }

  running(row) {
    this.#mark(row, "running");
  }

  done(row, { did, ok, exchanges }) {
    this.#ended += 1;
    this.#failed += ok ? 0 : 1;
    this.#mark(row, ok ? "ok" : "bad");
    const { details } = this.#rows.get(row);
    details.querySelector(".trail").replaceWith(trail(did));
    const wire = exchanges.length ? exchanges.map(onTheWire) : [paragraph("Nothing reached the API.")];
    details.querySelector(".body").append(part("On the wire", ...wire));
    this.#score();
  }

  trouble(text) {
    this.#failed += 1;
    at("trouble").textContent = `The run has stopped: ${text}.`;
    at("trouble").hidden = false;
  }

  finish() {
    at("again").disabled = false;
    document.body.classList.add("finished");
    document.body.classList.toggle("failed", this.#failed > 0);
    this.#score();
  }

  #group(group) {
    this.#total += group.rows.length;
    const section = element("section", "group", element("h2", "", group.title), paragraph(group.about));
    const gallery = element("div", "gallery");
    this.#galleries.set(group, gallery);
    const tiles = element("div", "tiles");
    tiles.title = group.title;
    for (const row of group.rows) {
      const tile = element("a", "tile pending");
      tile.href = `#${row.id}`;
      tile.title = row.title;
      tile.ariaLabel = row.title;
      const details = this.#details(row);
      tile.addEventListener("click", () => (details.open = true));
      tiles.append(tile);
      this.#rows.set(row, { details, tile });
    }
    at("tiles").append(tiles);
    section.append(gallery, element("div", "rows", ...group.rows.map((row) => this.#rows.get(row).details)));
    return section;
  }

  #details(row) {
    const lines = row.sent ?? inWords(row.send);
    const about = element("div", "about", element("h3", "", row.title), element("code", "", lines.join(" · ")));
    const expected = element("small", "", `expected ${wanted(row).map((want) => want.join(", ")).join(", or ")}`);
    const result = element("div", "result", element("div", "trail"), expected);
    const summary = element("summary", "", element("span", "mark"), about, result);
    const sent = element("pre", "", lines.join("\n"));
    const expectations = wanted(row).map(trail);
    const body = element("div", "body", paragraph(row.note), part("Sent", sent), part("Expected", ...expectations));
    const details = element("details", "row pending", summary, body);
    details.id = row.id;
    return details;
  }

  #mark(row, state) {
    const { details, tile } = this.#rows.get(row);
    details.className = `row ${state}`;
    tile.className = `tile ${state}`;
  }

  #score() {
    const green = this.#ended - this.#failed;
    at("score").textContent = `${Math.max(green, 0)} / ${this.#total}`;
    const running = this.#ended < this.#total && !document.body.classList.contains("finished");
    const failed = this.#failed === 1 ? "1 is not as expected" : `${this.#failed} are not as expected`;
    at("score-text").textContent = this.#failed > 0 ? failed : running ? "as expected so far" : "as expected";
  }
}

function at(id) {
  return document.getElementById(id);
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function paragraph(text) {
  return element("p", "", text);
}

function part(title, ...children) {
  return element("section", "part", element("h4", "", title), ...children);
}

function trail(steps) {
  return element("div", "trail", ...steps.map((step, i) => element("span", `chip ${kind(step, i === steps.length - 1)}`, step)));
}

// Requests are plain; the last chip says whether the script got something.
function kind(step, isOutcome) {
  if (!isOutcome) return "request";
  return /^(reads|pixels|font is|texture is drawn|text follows)/.test(step) ? "got" : "kept";
}

function inWords({ method, path, headers = {}, credentials, mode, bodyText }) {
  return [
    `${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(credentials ? [`credentials: ${credentials}`] : []),
    ...(mode ? [`mode: ${mode}`] : []),
    ...(bodyText ? [`body: ${bodyText}`] : []),
  ];
}

// The headers that CORS is about, and those that the rows set.
const TOLD = /^(origin|cookie|set-cookie|vary|accept|accept-language|content-language|content-type|range|save-data|downlink|viewport-width|width|cache-control|x-.*|access-control-.*)$/;

function onTheWire({ method, path, status, sent, answered }) {
  const lines = (headers) => headers.filter(([name]) => TOLD.test(name)).map(([name, value]) => `${name}: ${value}`);
  return element(
    "div",
    "exchange",
    element("pre", "", [`${method} ${path}`, ...lines(sent)].join("\n")),
    element("pre", "", [String(status), ...lines(answered)].join("\n")),
  );
}
