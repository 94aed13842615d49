// What the policies keep from this page. A refusal that happens is a green row.

const custom = { "X-Unlisted": "1" };

// A sandboxed frame has an opaque origin, which it sends as `null`.
function fromSandbox(url) {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts";
    frame.hidden = true;
    frame.src = "/frame.html";
    const listen = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      if (data === "ready") return source.postMessage(url, "*");
      removeEventListener("message", listen);
      frame.remove();
      resolve(data);
    };
    addEventListener("message", listen);
    document.body.append(frame);
  });
}

export const refused = {
  title: "Refused",
  about: "Green means that the browser kept the answer from this page, or did not even send the request.",
  rows: [
    {
      id: "denied-origin",
      title: "A route for another origin",
      note: "The trade's prices trust https://partner.example. A simple GET does reach the handler: CORS hides answers, it guards no server.",
      send: { method: "GET", path: "/trade-prices" },
      want: ["GET 200", "blocked"],
    },
    {
      id: "denied-method",
      title: "A method for another origin",
      note: "Anybody may GET the reviews; PUT has a handler of its own, which trusts the partner.",
      send: { method: "PUT", path: "/reviews" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "off-method",
      title: "A method that is off",
      note: "DELETE of the same path is for no other origin at all.",
      send: { method: "DELETE", path: "/reviews" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "off-get",
      title: "The admin's part",
      note: "off: no answer carries a grant.",
      send: { method: "GET", path: "/admin/stock" },
      want: ["GET 200", "blocked"],
    },
    {
      id: "off-delete",
      title: "The admin's part, DELETE",
      note: "off: the preflight is refused, the handler never runs.",
      send: { method: "DELETE", path: "/admin/stock" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "off-region",
      title: "A file below a closed path",
      note: "The same files as below /static, under a region that is off.",
      send: { method: "GET", path: "/vault/prices.csv" },
      want: ["GET 200", "blocked"],
    },
    {
      id: "unlisted-header",
      title: "A header that is not listed",
      note: "The route is public and allows no header beyond the safelist.",
      send: { method: "GET", path: "/reviews", headers: custom },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "unrouted-method",
      title: "A method without a handler",
      note: "No handler, so the app's default answers, which names no method.",
      send: { method: "PATCH", path: "/reviews" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "app-default-put",
      title: "PUT on a route that says nothing",
      note: "The default covers GET, HEAD and POST until it names more.",
      send: { method: "PUT", path: "/opening-hours" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "no-cors",
      title: "no-cors",
      note: "The script may send without asking to read; what it gets is empty.",
      send: { method: "GET", path: "/trade-prices", mode: "no-cors" },
      outcome: (answer) => (answer.type === "opaque" ? "gets an opaque answer" : `reads ${answer.status}`),
      want: ["GET 200", "gets an opaque answer"],
    },
    {
      id: "null-origin",
      title: "A sandboxed frame",
      note: "Its origin is null, which anybody can have: it is not this page.",
      sent: ["<iframe sandbox>", "GET /banner"],
      run: (lab) => fromSandbox(lab.url("/banner")),
      want: ["GET 200", "blocked"],
    },
    {
      id: "null-origin-public",
      title: "A sandboxed frame, public route",
      note: "Its neighbour: any means any.",
      sent: ["<iframe sandbox>", "GET /prices"],
      run: (lab) => fromSandbox(lab.url("/prices")),
      want: ["GET 200", "reads 200"],
    },
  ],
};
