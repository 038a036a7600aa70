/** Whether an event of this kind is one the pattern asks for. */
export function matchesPattern(pattern: string, kind: string): boolean {
  if (pattern === '*') {
    return true;
  }
  if (!pattern.endsWith('.*')) {
    return kind === pattern;
  }
  // With its dot: 'customer.*' is neither 'customers.x' nor 'customer' itself.
  const prefix = pattern.slice(0, -1);
  return kind.length > prefix.length && kind.startsWith(prefix);
}

/** Whether this is `'*'`, a name, or a name followed by `.*`; the name itself need not be one this SDK knows. */
export function isPattern(value: unknown): value is string {
  return typeof value === 'string' && /^(?:\*|[^\s*]+(?:\.\*)?)$/.test(value);
}
