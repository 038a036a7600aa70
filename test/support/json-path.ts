/** An object in which only the given path leads anywhere: `a.b[].c` gives `{ a: { b: [{ c: value }] } }`. */
export function objectWith(path: string, value: unknown): Record<string, unknown> {
  const built = path.split('.').reduceRight<unknown>((inner, key) => {
    return key.endsWith('[]') ? { [key.slice(0, -2)]: [inner] } : { [key]: inner };
  }, value);
  return built as Record<string, unknown>;
}

/** What a path without lists leads to in a JSON value. */
export function valueAt(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, root);
}
