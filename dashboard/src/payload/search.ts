/** Where a text was found. */
export interface Found {
  /** Of the values whose name or content has it. */
  readonly paths: ReadonlySet<string>;
  /** Everything that has to be open for them to be seen. */
  readonly open: ReadonlySet<string>;
  /** Whether there may be others. */
  readonly more: boolean;
}

const MOST_FOUND = 200;
/** A payload of Stripe's has a few thousand; a hostile one may not stop the page. */
const MOST_LOOKED_AT = 300_000;

/** The path of a value within another. */
export function pathOf(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Looks for a text in names and values, in upper or lower case. */
export function find(root: unknown, text: string): Found {
  const wanted = text.toLowerCase();
  const [paths, open] = [new Set<string>(), new Set<string>()];
  const left: [string, string, unknown][] = [['', '', root]];
  let looked = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [path, name, value] = next;
    if (++looked > MOST_LOOKED_AT || paths.size >= MOST_FOUND) return { paths, open, more: true };
    const isBranch = typeof value === 'object' && value !== null;
    if (has(name, wanted) || (!isBranch && has(textOf(value), wanted))) {
      paths.add(path);
      openAbove(path, open);
    }
    if (isBranch) {
      for (const [key, child] of Object.entries(value).reverse()) left.push([pathOf(path, key), key, child]);
    }
  }
  return { paths, open, more: false };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function has(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted);
}

function openAbove(path: string, open: Set<string>): void {
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    open.add(path.slice(0, end));
    if (end === 0) return;
  }
}
