const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * The elements of the list that an object has under a name, each as it is written: parsed and written again, an event
 * would lose the digits of its large numbers.
 *
 * @param text an object in JSON that `JSON.parse` takes
 * @returns null when the object has no list under this name
 */
export function elementsOf(text: string, name: string): string[] | null {
  const start = startOfList(text, JSON.stringify(name));
  return start === null ? null : slices(text, start);
}

/** Where the first element begins. */
function startOfList(text: string, quotedName: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 1 && text.slice(at, end) === quotedName) {
        const list = afterColon(text, end);
        if (list !== null) {
          return list;
        }
      }
      at = end - 1;
    } else {
      depth += Number(OPENING.has(code)) - Number(CLOSING.has(code));
    }
  }
  return null;
}

/** After `: [`; null where something else follows, such as the end of a text that only looks like the name. */
function afterColon(text: string, from: number): number | null {
  const at = skipSpace(text, from);
  if (text.charCodeAt(at) !== COLON) {
    return null;
  }
  const value = skipSpace(text, at + 1);
  return text[value] === '[' ? value + 1 : null;
}

function slices(text: string, from: number): string[] {
  const found: string[] = [];
  let start = from;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (depth === 0 && (code === COMMA || CLOSING.has(code))) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
      if (code !== COMMA) {
        break;
      }
    } else {
      depth += Number(OPENING.has(code)) - Number(CLOSING.has(code));
    }
  }
  return found.length === 1 && found[0] === '' ? [] : found;
}

/** After the closing quote: the first one that no odd number of backslashes stands before. */
function endOfString(text: string, opening: number): number {
  for (let at = opening + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) {
      return text.length;
    }
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) {
      slashes += 1;
    }
    if (slashes % 2 === 0) {
      return at + 1;
    }
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) {
    at += 1;
  }
  return at;
}
