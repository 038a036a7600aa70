/** Parameters as the API reads them: `created[gte]=1&types[0]=a` is `{ created: { gte: '1' }, types: ['a'] }`. */
export interface Parameters {
  readonly [name: string]: Parameter | undefined;
}

export type Parameter = string | readonly Parameter[] | Parameters;

interface Branch {
  [name: string]: string | Branch;
}

/** Reads a query string, or a form. */
export function readForm(text: string): Parameters {
  const root: Branch = {};
  for (const [name, value] of new URLSearchParams(text)) {
    put(root, name.match(/[^[\]]+|(?<=\[)(?=\])/g) ?? [], value);
  }
  return asParameters(root) as Parameters;
}

/** A parameter that is a text. */
export function textOf(value: Parameter | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A parameter that is a list of texts. */
export function textsOf(value: Parameter | undefined): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

function put(branch: Branch, [name = '', ...deeper]: readonly string[], value: string): void {
  const key = name === '' ? String(Object.keys(branch).length) : name;
  if (deeper.length === 0) {
    branch[key] = value;
    return;
  }
  const next = typeof branch[key] === 'object' ? branch[key] : (branch[key] = {});
  put(next, deeper, value);
}

function asParameters(value: string | Branch): Parameter {
  if (typeof value === 'string') {
    return value;
  }
  const entries = Object.entries(value).map(([name, inner]) => [name, asParameters(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
