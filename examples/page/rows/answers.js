// What a script may read of an answer.

const header = (name) => (answer) => {
  const value = answer.headers.get(name);
  return value === null ? `${name} is hidden` : `reads ${name}: ${value}`;
};

export const answers = {
  title: "Answers",
  about: "A readable answer shows its status, its body and seven plain headers. Every other header needs to be exposed by name.",
  rows: [
    {
      id: "exposed",
      title: "An exposed header",
      note: "The route lists x-total-count.",
      send: { method: "GET", path: "/reviews" },
      outcome: header("x-total-count"),
      want: ["GET 200", "reads x-total-count: 2"],
    },
    {
      id: "unexposed",
      title: "A header that is not exposed",
      note: "Its neighbour in the same answer: the API sent x-shelf, the script cannot see it.",
      send: { method: "GET", path: "/reviews" },
      outcome: async (answer, lab) => {
        const [{ answered }] = await lab.seen();
        const sent = answered.some(([name]) => name === "x-shelf");
        return sent ? header("x-shelf")(answer) : "x-shelf was not sent";
      },
      want: ["GET 200", "x-shelf is hidden"],
    },
    {
      id: "safelisted-answer",
      title: "A plain header",
      note: "Cache-Control is on the safelist of answers and needs no entry.",
      send: { method: "GET", path: "/reviews" },
      outcome: header("cache-control"),
      want: ["GET 200", "reads cache-control: no-store"],
    },
    {
      id: "app-default",
      title: "A route that says nothing",
      note: "No attribute on the handler: the app's default holds.",
      send: { method: "GET", path: "/opening-hours" },
      want: ["GET 200", "reads 200"],
    },
    {
      id: "not-found",
      title: "404 of a path without a route",
      note: "Errors carry the headers too, so a script can tell them from a broken network.",
      send: { method: "GET", path: "/nowhere" },
      want: ["GET 404", "reads 404"],
    },
    {
      id: "extractor-error",
      title: "An extractor's error",
      note: "seven is no number, so the handler never ran; its policy answers all the same.",
      send: { method: "GET", path: "/api/acme/orders/seven" },
      want: ["GET 404", "reads 404"],
    },
  ],
};
