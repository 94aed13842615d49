// Asks the simulator every question and reports where it differs from the engine.

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
