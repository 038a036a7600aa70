/** A field as it was before the event, and as the event has it. */
export interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const MOST = 200;

/** The fields of `previous_attributes` beside what they are now; objects are compared field by field, lists as a whole. */
export function changesOf(message: unknown): Change[] {
  const data = isObject(message) && isObject(message['data']) ? message['data'] : message;
  if (!isObject(data) || !isObject(data['previous_attributes'])) return [];
  return compare('', data['previous_attributes'], data['object']).slice(0, MOST);
}

function compare(path: string, before: unknown, after: unknown): Change[] {
  if (!isObject(before) || !isObject(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
  }
  return Object.entries(before).flatMap(([name, value]) => {
    return compare(path === '' ? name : `${path}.${name}`, value, after[name]);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
