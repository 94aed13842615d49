// Asks the simulator every question and reports where it differs from the engine, and what it makes
// of what people type.

const TYPED = [
  [sentOrigin, "https://app.example", "https://app.example"],
  [sentOrigin, "HTTPS://App.Example/", "https://app.example"],
  [sentOrigin, "https://app.example:443/page?x#y", "https://app.example"],
  [sentOrigin, "http://localhost:3000", "http://localhost:3000"],
  [sentOrigin, "https://münchen.example", "https://xn--mnchen-3ya.example"],
  [sentOrigin, "null", "null"],
  [sentOrigin, "app.example", "app.example"],
  [sentOrigin, "https://", "https://"],
  [sentOrigin, "chrome-extension://abc", "chrome-extension://abc"],
  [sentPath, "/users/7", "/users/7"],
  [sentPath, "users/7?x=1", "/users/7"],
  [sentPath, "/users/7#top", "/users/7"],
  [sentPath, "https://api.example:8443/users/7?x=1#top", "/users/7"],
  [sentPath, "HTTP://api.example", "/"],
  [sentPath, "http://", "/http://"],
  [sentPath, "https://api.example/%61cme/%C3%BC/1 2", "/acme/ü/1 2"],
  [sentPath, "/a%2Fb%25%2B%20c", "/a%2Fb%25%2B c"],
  [sentPath, "/%zz", "/%zz"],
];

async function compare() {
  const { report, cases } = await (await fetch("/vectors.json")).json();
  const sets = new Map(report.sets.map((set) => [set.name, set.origins]));
  const differing = [];
  for (const { question, want } of cases) {
    const rows = rowsFor(report.rows, question.path, question.method);
    const { allowed, preflight, rules } = decide(rows[0], sets, question);
    const got = { allowed, preflight, rules, source: rows[0].source };
    if (rows.length === 1 && same(got, want)) continue;
    differing.push({ question, want, got, rows: rows.length });
  }
  for (const [sent, typed, want] of TYPED) {
    const got = sent(typed);
    if (got !== want) differing.push({ typed, want, got });
  }
  return { count: cases.length, differing: differing.slice(0, 5) };
}

function same(a, b) {
  if (typeof a !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]));
}

if (typeof document !== "undefined") {
  compare()
    .catch((error) => ({ count: 0, differing: [String(error)] }))
    .then((answer) => fetch("/report", { method: "POST", body: JSON.stringify(answer) }));
}
