// The laboratory of one row: sends its requests, and asks the API what it saw of them.

export class Lab {
  #api;
  #gallery;

  constructor(api, token, gallery) {
    this.#api = api;
    this.token = token;
    this.#gallery = gallery;
  }

  // Every row of every run has its own URLs, so no cache of an earlier one can answer.
  url(path) {
    return `${this.#api}${path}?row=${this.token}`;
  }

  fetch(path, init) {
    return fetch(this.url(path), init);
  }

  async seen() {
    const answer = await fetch(`${this.#api}/journal/${this.token}`);
    return answer.json();
  }

  // Puts what a row made where people can see it.
  show(element, caption) {
    const figure = document.createElement("figure");
    const text = document.createElement("figcaption");
    text.textContent = caption;
    figure.append(element, text);
    this.#gallery.append(figure);
  }
}

// Runs one row and returns what happened: the requests that reached the API, then what the script got.
export async function run(row, lab) {
  const outcome = await withinSeconds(10, attempt(row, lab)).catch((error) => `failed: ${error.message}`);
  const exchanges = await lab.seen();
  const trail = exchanges.map(inShort);
  const requests = row.repeats ? trail.filter((step, i) => step !== trail[i - 1]) : trail;
  const did = [...requests, outcome];
  const ok = wanted(row).some((want) => same(want, did));
  return { did, ok, exchanges };
}

// A few rows have two outcomes that are right, because engines differ.
export function wanted(row) {
  return row.wantEither ?? [row.want];
}

async function attempt(row, lab) {
  try {
    if (row.run) return await row.run(lab);
    const answer = await lab.fetch(row.send.path, init(row.send));
    return row.outcome ? await row.outcome(answer, lab) : `reads ${answer.status}`;
  } catch (error) {
    // What a page learns of a refusal: this type and nothing else.
    if (error instanceof TypeError) return "blocked";
    throw error;
  }
}

function init({ method, headers, credentials, mode, body }) {
  return { method, headers, credentials, mode, body: body?.() };
}

function inShort({ method, status, sent, answered }) {
  const has = (list, name) => list.some(([key]) => key === name);
  const cookie = has(sent, "cookie") ? " with cookie" : "";
  const setCookie = has(answered, "set-cookie") ? ", sets cookie" : "";
  return `${method} ${status}${cookie}${setCookie}`;
}

function same(left, right) {
  return left.length === right.length && left.every((step, i) => step === right[i]);
}

function withinSeconds(seconds, promise) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no end after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]);
}
