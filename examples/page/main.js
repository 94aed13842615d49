// Runs all rows, one after the other, and shows and reports what came out.

import { Lab, run } from "/lab.js";
import { View } from "/view.js";
import { simple } from "/rows/simple.js";
import { preflight } from "/rows/preflight.js";
import { credentials } from "/rows/credentials.js";
import { answers } from "/rows/answers.js";
import { refused } from "/rows/refused.js";
import { media } from "/rows/media.js";

const GROUPS = [simple, preflight, credentials, answers, refused, media];

const config = await (await fetch("/config.json")).json();
if (location.origin === config.page) {
  document.querySelector("#again").addEventListener("click", runAll);
  await runAll();
} else {
  // The API trusts one origin by name, and another spelling of the address is another origin.
  location.replace(config.page + location.search);
}

async function runAll() {
  const view = new View(config, GROUPS);
  const rows = [];
  let trouble = null;
  try {
    for (const group of GROUPS) {
      await group.prepare?.(config.api);
      for (const row of group.rows) {
        view.running(row);
        const result = await run(row, new Lab(config.api, token(), view.gallery(group)));
        view.done(row, result);
        rows.push({ id: row.id, group: group.title, want: row.wantEither ?? [row.want], did: result.did, ok: result.ok });
      }
    }
  } catch (error) {
    trouble = `the API at ${config.api} does not answer this page: ${error.message}`;
    view.trouble(trouble);
  }
  view.finish();
  window.shopResults = { browser: navigator.userAgent, trouble, rows };
  await report(window.shopResults);
}

function token() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}

// `?report=/path` posts the results to the page's own server.
async function report(results) {
  const target = new URLSearchParams(location.search).get("report");
  if (target === null) return;
  const url = new URL(target, location.origin);
  if (url.origin !== location.origin) return;
  await fetch(url, { method: "POST", body: JSON.stringify(results) });
}
