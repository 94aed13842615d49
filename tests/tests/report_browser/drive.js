// Types into the page as a reader would, and reports how long each keystroke took.

const violations = [];
addEventListener("securitypolicyviolation", (event) => {
  // WebKit wants an icon that the page doesn't name, and holds the page's policy against its own wish.
  if (event.blockedURI === `${location.origin}/favicon.ico`) return;
  violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
addEventListener("error", (event) => violations.push(event.message));

/** From the key to the finished layout. */
function press(id, value) {
  const field = document.getElementById(id);
  const start = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect();
  const count = document.getElementById("count").textContent;
  return { id, value, count, millis: performance.now() - start };
}

function drive() {
  const keystrokes = [];
  for (const word of ["items99", "area7 delete", "partner", "src/", "nothing like this"]) {
    for (let length = 1; length <= word.length; length++) {
      keystrokes.push(press("search", word.slice(0, length)));
    }
    keystrokes.push(press("search", ""));
  }
  keystrokes.push(press("by-method", "PUT"), press("by-method", ""));
  keystrokes.push(press("by-risk", "medium"), press("by-risk", ""));
  // the simulator walks the routes too
  for (const path of ["/area7/items7/1", "/area36/items9989/x", "/none"]) keystrokes.push(press("q-path", path));
  const table = document.querySelectorAll("#body tr").length;
  const trouble = violations.length > 0 ? violations.join(", ") : table === 0 ? "the table is empty" : null;
  return { trouble, keystrokes };
}

requestAnimationFrame(() => {
  const answer = drive();
  fetch("/report", { method: "POST", body: JSON.stringify(answer) });
});
