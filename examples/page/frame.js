// Runs in a sandboxed frame: fetches the URL it is told, and tells what it got.

addEventListener("message", async ({ data: url }) => {
  const outcome = await fetch(url).then(
    (answer) => `reads ${answer.status}`,
    () => "blocked",
  );
  parent.postMessage(outcome, "*");
});

parent.postMessage("ready", "*");
