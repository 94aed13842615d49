// What browsers send of the addresses that people type.

/** An origin as browsers send it, from an address or an origin as people write it. */
function sentOrigin(text) {
  const url = parsed(text);
  return url !== null && url.protocol.slice(0, -1) in DEFAULT_PORTS ? url.origin : text;
}

/** A path as requests have it, from an address or a part of one. */
function sentPath(text) {
  const url = /^https?:/i.test(text) ? parsed(text) : null;
  const path = url === null ? text.split(/[?#]/)[0] : url.pathname;
  return routed(path.startsWith("/") ? path : "/" + path);
}

/** A path as the router decodes it: all but `%2F`, `%25` and `%2B`. */
function routed(path) {
  return path.split(/(%2[5BbFf])/).map((part, index) => {
    if (index % 2 === 1) return part;
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }).join("");
}

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
