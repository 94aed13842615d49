// Requests for which the browser first asks, with OPTIONS, whether the API understands them.

const json = { "Content-Type": "application/json" };
const note = { "X-Order-Note": "ripe ones" };

// Three requests to one URL: how many are preflighted is up to Access-Control-Max-Age.
const thrice = (method) => async (lab) => {
  const send = () => lab.fetch("/api/acme/orders/9", { method, headers: note });
  const answers = [await send(), await send(), await send()];
  const [asked] = await lab.seen();
  const age = asked.answered.find(([name]) => name === "access-control-max-age");
  const statuses = new Set(answers.map((answer) => answer.status));
  return `reads ${[...statuses].join(", ")}, max-age ${age?.[1]}`;
};

export const preflight = {
  title: "Preflighted requests",
  about: "The browser asks first. Each preflight is answered from the policy of the handler that would serve the method it names.",
  rows: [
    {
      id: "put",
      title: "PUT with a custom header",
      note: "Below the dynamic scope /api/{tenant}.",
      send: { method: "PUT", path: "/api/acme/orders/7", headers: note },
      want: ["OPTIONS 204", "PUT 200", "reads 200"],
    },
    {
      id: "delete",
      title: "DELETE with a custom header",
      note: "The same path, another handler.",
      send: { method: "DELETE", path: "/api/acme/orders/7", headers: note },
      want: ["OPTIONS 204", "DELETE 200", "reads 200"],
    },
    {
      id: "patch",
      title: "PATCH",
      note: "Written in capitals: browsers do not correct this one.",
      send: { method: "PATCH", path: "/api/globex/orders/7" },
      want: ["OPTIONS 204", "PATCH 200", "reads 200"],
    },
    {
      id: "patch-lower",
      title: "patch",
      note: "Its neighbour: methods are case-sensitive, and no route has this one.",
      send: { method: "patch", path: "/api/globex/orders/7" },
      want: ["OPTIONS 403", "blocked"],
    },
    {
      id: "options",
      title: "OPTIONS",
      note: "A script's own OPTIONS is preflighted by another one, and then reaches its handler.",
      send: { method: "OPTIONS", path: "/api/globex/orders/7" },
      want: ["OPTIONS 204", "OPTIONS 200", "reads 200"],
    },
    {
      id: "trace",
      title: "TRACE",
      note: "Its neighbour: no browser sends TRACE or CONNECT for a script, whatever a policy says.",
      send: { method: "TRACE", path: "/api/globex/orders/7" },
      want: ["blocked"],
    },
    {
      id: "json",
      title: "POST JSON",
      note: "This content type is not on the safelist; the route allows content-type.",
      send: { method: "POST", path: "/reviews", headers: json, body: () => '{"stars":5}', bodyText: '{"stars":5}' },
      want: ["OPTIONS 204", "POST 201", "reads 201"],
    },
    {
      id: "custom-header",
      title: "GET with a custom header",
      note: "A simple method, but a header beyond the safelist.",
      send: { method: "GET", path: "/api/acme/orders/7", headers: note },
      want: ["OPTIONS 204", "GET 200", "reads 200"],
    },
    {
      id: "accept-long",
      title: "Accept beyond 128 bytes",
      note: "A safelisted name with a long value: the browser asks for accept, and the route lists it.",
      send: { method: "GET", path: "/banner", headers: { Accept: "text/plain, ".repeat(12) + "text/html" } },
      want: ["OPTIONS 204", "GET 200", "reads 200"],
    },
    {
      id: "upload-listener",
      title: "XMLHttpRequest with an upload listener",
      note: "Who watches an upload would learn something, so even a simple POST is preflighted, without naming a header.",
      sent: ["xhr.upload.onprogress = …", "POST /quote", "body: text/plain"],
      run: (lab) =>
        new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.open("POST", lab.url("/quote"));
          xhr.upload.onprogress = () => {};
          xhr.onload = () => resolve(`reads ${xhr.status}`);
          xhr.onerror = () => resolve("blocked");
          xhr.send("an orange");
        }),
      want: ["OPTIONS 204", "POST 200", "reads 200"],
    },
    {
      id: "stream-body",
      title: "POST a stream",
      note: "Preflighted where the engine streams bodies. Chromium does so over HTTP/2 only: here it asks, is granted, and sends nothing.",
      sent: ["POST /quote", "body: ReadableStream, duplex: half"],
      run: postStream,
      wantEither: [
        ["OPTIONS 204", "no stream over HTTP/1.1"],
        ["OPTIONS 204", "POST 200", "reads 200"],
        ["no stream bodies here"],
      ],
    },
    {
      id: "max-age",
      title: "Access-Control-Max-Age: 600",
      note: "Three requests, one preflight: it covers the others. Firefox keeps an answer from the second time on. (With the cache disabled in the developer tools all are asked for.)",
      sent: ["PUT /api/acme/orders/9", "three times"],
      run: thrice("PUT"),
      wantEither: [
        ["OPTIONS 204", "PUT 200", "PUT 200", "PUT 200", "reads 200, max-age 600"],
        ["OPTIONS 204", "PUT 200", "OPTIONS 204", "PUT 200", "PUT 200", "reads 200, max-age 600"],
      ],
    },
    {
      id: "max-age-zero",
      title: "Access-Control-Max-Age: 0",
      note: "Its neighbour: the route wants to be asked each time.",
      sent: ["PATCH /api/acme/orders/9", "three times"],
      run: thrice("PATCH"),
      want: ["OPTIONS 204", "PATCH 200", "OPTIONS 204", "PATCH 200", "OPTIONS 204", "PATCH 200", "reads 200, max-age 0"],
    },
  ],
};

async function postStream(lab) {
  if (!streamsBodies()) return "no stream bodies here";
  const body = new Blob(["an orange"]).stream();
  try {
    const answer = await lab.fetch("/quote", { method: "POST", body, duplex: "half" });
    return `reads ${answer.status}`;
  } catch {
    return "no stream over HTTP/1.1";
  }
}

// An engine without stream bodies turns the stream into text, and never looks at `duplex`.
function streamsBodies() {
  let asked = false;
  const request = new Request(location.href, {
    method: "POST",
    body: new ReadableStream(),
    get duplex() {
      asked = true;
      return "half";
    },
  });
  return asked && !request.headers.has("Content-Type");
}
