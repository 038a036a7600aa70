/** Resolves when what has arrived by now has been taken in, and the work that is ready has been done: no later. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
