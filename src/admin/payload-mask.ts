/** What stands for a value that may not be seen. */
export const REDACTED = '[redacted]';

const PATH = /^(\*\*|[^.*]+|\*)(\.(\*\*|[^.*]+|\*))*$/;

type Path = readonly string[];

/** Whether this is a path of names, `*` and `**`. */
export function isMaskPath(value: unknown): value is string {
  return typeof value === 'string' && PATH.test(value) && !value.endsWith('**');
}

/**
 * Hides values of payloads by their paths: `data.object.email`; `*` stands for any one name or position in a list, `**`
 * for any number of names.
 */
export class PayloadMask {
  private readonly paths: readonly Path[];

  constructor(paths: readonly string[] = []) {
    const split = paths.map((path) => path.split('.'));
    this.paths = [...split, ...split.flatMap(inPreviousAttributes)];
  }

  /** Whether anything is hidden. */
  get hides(): boolean {
    return this.paths.length > 0;
  }

  /** The payload without what may not be seen. A payload that cannot be read into is hidden as a whole. */
  apply(payload: unknown): unknown {
    if (!this.hides || payload === null || payload === undefined) {
      return payload;
    }
    return typeof payload === 'object' ? masked(payload, this.paths) : REDACTED;
  }

  /** A customer's fields, by the paths they have in the events that brought them. */
  applyToObject<Fields extends object>(fields: Fields): Fields {
    if (!this.hides) {
      return fields;
    }
    const names = Object.keys(fields) as (keyof Fields & string)[];
    const object = Object.fromEntries(names.map((name) => [snakeCase(name), fields[name]]));
    const { data } = masked({ data: { object } }, this.paths) as { data: { object: Record<string, unknown> } | string };
    const shown = names.map((name) => [name, typeof data === 'string' ? REDACTED : shownOf(data.object, name)]);
    return Object.fromEntries(shown) as Fields;
  }
}

function shownOf(object: Record<string, unknown> | string, name: string): unknown {
  return typeof object === 'string' ? REDACTED : object[snakeCase(name)];
}

/** What a field was before the event is as secret as what it is after. */
function inPreviousAttributes(path: Path): Path[] {
  return path[0] === 'data' && path[1] === 'object' ? [['data', 'previous_attributes', ...path.slice(2)]] : [];
}

function masked(value: object, paths: readonly Path[]): unknown {
  const entries = Object.entries(value).map(([name, part]) => {
    const left = paths.flatMap((path) => after(path, name));
    return [name, left.some((path) => path.length === 0) ? hidden(part) : maskedPart(part, left)] as const;
  });
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

function maskedPart(part: unknown, paths: readonly Path[]): unknown {
  return typeof part === 'object' && part !== null && paths.length > 0 ? masked(part, paths) : part;
}

/** That there is nothing may be seen. */
function hidden(part: unknown): unknown {
  return part === null || part === undefined ? part : REDACTED;
}

/** What is left of a path below a name: nothing where it does not lead there, an empty path where it ends there. */
function after(path: Path, name: string): Path[] {
  const [first, ...rest] = path;
  if (first === '**') {
    return [path, ...after(rest, name)];
  }
  return first === '*' || first === name ? [rest] : [];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
