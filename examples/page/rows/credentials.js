// Requests that carry the reader's cookies.

const me = { method: "GET", path: "/account/me", credentials: "include" };

const readsName = async (answer) => `reads ${await answer.text()}`;

export const credentials = {
  title: "Credentials",
  about: "Cookies travel only when the script asks for them, and the answer is readable only when the policy trusts this very origin with them.",
  // A run that was interrupted may have left its session behind.
  prepare: (api) => fetch(`${api}/account/sign-out`, { method: "POST", mode: "no-cors", credentials: "include" }),
  rows: [
    {
      id: "unauthorized",
      title: "401 of the scope's middleware",
      note: "No session yet. The scope answers before the handler, and the script can still read why.",
      send: me,
      want: ["GET 401", "reads 401"],
    },
    {
      id: "unauthorized-put",
      title: "PUT without a session",
      note: "A preflight never carries cookies, so it is answered before the scope could refuse it.",
      send: { ...me, method: "PUT", headers: { "Content-Type": "application/json" }, body: () => '"Grace"', bodyText: '"Grace"' },
      want: ["OPTIONS 204", "PUT 401", "reads 401"],
    },
    {
      id: "set-cookie",
      title: "Set-Cookie in the answer",
      note: "The browser keeps the cookie; no policy can show it to the script.",
      send: { method: "POST", path: "/sign-in", credentials: "include" },
      outcome: (answer) => `reads ${answer.status}, ${answer.headers.has("set-cookie") ? "and" : "not"} the cookie`,
      want: ["POST 204, sets cookie", "reads 204, not the cookie"],
    },
    {
      id: "credentialed-fetch",
      title: "fetch with cookies",
      note: "credentials: \"include\", and the policy says credentials.",
      send: me,
      outcome: readsName,
      want: ["GET 200 with cookie", "reads Ada"],
    },
    {
      id: "credentialed-xhr",
      title: "XMLHttpRequest with cookies",
      note: "xhr.withCredentials = true is the same request.",
      sent: ["xhr.withCredentials = true", "GET /account/me"],
      run: (lab) =>
        new Promise((resolve) => {
          const xhr = new XMLHttpRequest();
          xhr.open("GET", lab.url("/account/me"));
          xhr.withCredentials = true;
          xhr.onload = () => resolve(`reads ${xhr.responseText}`);
          xhr.onerror = () => resolve("blocked");
          xhr.send();
        }),
      want: ["GET 200 with cookie", "reads Ada"],
    },
    {
      id: "without-credentials",
      title: "fetch that does not ask for cookies",
      note: "The neighbour: signed in, but the cookie stays at home.",
      send: { method: "GET", path: "/account/me" },
      want: ["GET 401", "reads 401"],
    },
    {
      id: "credentialed-put",
      title: "PUT JSON with cookies",
      note: "The preflight goes without the cookie, the request with it.",
      send: { ...me, method: "PUT", headers: { "Content-Type": "application/json" }, body: () => '"Grace"', bodyText: '"Grace"' },
      outcome: readsName,
      want: ["OPTIONS 204", "PUT 200 with cookie, sets cookie", "reads Grace"],
    },
    {
      id: "star",
      title: "* and credentials",
      note: "The public prices answer with *, which never covers a request with cookies.",
      send: { method: "GET", path: "/prices", credentials: "include" },
      want: ["GET 200 with cookie", "blocked"],
    },
    {
      id: "origin-without-credentials",
      title: "Trusted, but not with credentials",
      note: "This origin is named by the policy; Access-Control-Allow-Credentials is not sent.",
      send: { method: "GET", path: "/opening-hours", credentials: "include" },
      want: ["GET 200 with cookie", "blocked"],
    },
    {
      id: "sign-out",
      title: "Sign out",
      note: "The answer takes the cookie away again.",
      send: { method: "POST", path: "/account/sign-out", credentials: "include" },
      want: ["POST 204 with cookie, sets cookie", "reads 204"],
    },
  ],
};
