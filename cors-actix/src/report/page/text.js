// Building blocks: text of the App only ever becomes text.

function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Spells out what a reader could not see, or what would move the text around it. */
function visible(text) {
  return text.replace(HIDDEN, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");
}

function code(text) {
  return el("code", {}, visible(text));
}

/** What stands in backticks is code. */
function prose(text) {
  return text.split("`").map((part, index) => (index % 2 === 1 ? code(part) : visible(part)));
}

function place(source) {
  return visible(source.line === null ? source.file : source.file + ":" + source.line);
}

function from(source) {
  return visible(source.layer) + " · " + place(source);
}

function words(name) {
  return name.replaceAll("_", " ");
}
