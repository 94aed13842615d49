// Requests that any HTML form could send: the browser sends them at once and checks the answer.

const form = () => new URLSearchParams({ fruit: "orange" });

const multipart = () => {
  const data = new FormData();
  data.set("fruit", "orange");
  return data;
};

const withHeader = (name, value) => ({
  id: `header-${name.toLowerCase()}`,
  title: `${name} header`,
  note: "The name is on the safelist and the value is short and plain.",
  send: { method: "GET", path: "/banner", headers: { [name]: value } },
  want: ["GET 200", "reads 200"],
});

const clientHint = (name, value) => ({
  id: `hint-${name.toLowerCase()}`,
  title: `${name} client hint`,
  note: "Today's standard asks for a preflight, Chromium sends none: either is right, because the route allows the header.",
  send: { method: "GET", path: "/banner", headers: { [name]: value } },
  wantEither: [
    ["GET 200", "reads 200"],
    ["OPTIONS 204", "GET 200", "reads 200"],
  ],
});

export const simple = {
  title: "Simple requests",
  about: "Sent at once, without a preflight. The answer's headers decide whether the script may read it.",
  rows: [
    {
      id: "get",
      title: "GET",
      note: "Public prices: every origin may read them.",
      send: { method: "GET", path: "/prices" },
      want: ["GET 200", "reads 200"],
    },
    {
      id: "head",
      title: "HEAD",
      note: "The same route under its second method.",
      send: { method: "HEAD", path: "/prices" },
      want: ["HEAD 200", "reads 200"],
    },
    {
      id: "get-xhr",
      title: "GET with XMLHttpRequest",
      note: "The older interface obeys the same rules.",
      sent: ["new XMLHttpRequest()", "GET /prices"],
      run: (lab) =>
        new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.open("GET", lab.url("/prices"));
          xhr.onload = () => resolve(`reads ${xhr.status}`);
          xhr.onerror = () => resolve("blocked");
          xhr.send();
        }),
      want: ["GET 200", "reads 200"],
    },
    {
      id: "post-urlencoded",
      title: "POST a form",
      note: "application/x-www-form-urlencoded, the first of three safelisted content types.",
      send: { method: "POST", path: "/quote", body: form, bodyText: "application/x-www-form-urlencoded" },
      want: ["POST 200", "reads 200"],
    },
    {
      id: "post-multipart",
      title: "POST a multipart form",
      note: "multipart/form-data, the second.",
      send: { method: "POST", path: "/quote", body: multipart, bodyText: "multipart/form-data" },
      want: ["POST 200", "reads 200"],
    },
    {
      id: "post-text",
      title: "POST text",
      note: "text/plain, the third.",
      send: { method: "POST", path: "/quote", body: () => "an orange", bodyText: "text/plain" },
      want: ["POST 200", "reads 200"],
    },
    withHeader("Accept", "text/plain"),
    withHeader("Accept-Language", "it, en;q=0.5"),
    withHeader("Content-Language", "it"),
    {
      id: "header-content-type",
      title: "Content-Type header",
      note: "Set by hand, to a safelisted type.",
      send: { method: "POST", path: "/quote", headers: { "Content-Type": "text/plain; charset=utf-8" }, body: () => "an orange", bodyText: "an orange" },
      want: ["POST 200", "reads 200"],
    },
    {
      id: "header-range",
      title: "Range header, one part",
      note: "A single range with a start is on the safelist.",
      send: { method: "GET", path: "/static/prices.csv", headers: { Range: "bytes=0-4" } },
      want: ["GET 206", "reads 206"],
    },
    {
      id: "header-range-parts",
      title: "Range header, two parts",
      note: "Its neighbour: two ranges are not, so the browser asks first, and the region allows no headers.",
      send: { method: "GET", path: "/static/prices.csv", headers: { Range: "bytes=0-4,6-10" } },
      want: ["OPTIONS 403", "blocked"],
    },
    clientHint("Save-Data", "on"),
    clientHint("Downlink", "10"),
    clientHint("Viewport-Width", "1280"),
    clientHint("Width", "640"),
  ],
};
