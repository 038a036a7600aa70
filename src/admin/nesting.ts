/** Whether a value has at most this many levels of objects and arrays. Never goes deeper than that to find out. */
export function nestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return true;
  }
  return levels > 0 && Object.values(value).every((child) => nestedWithin(child, levels - 1));
}
