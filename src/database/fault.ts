/** The code a driver, or the socket below it, put on an error. */
export function faultCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) {
    return '';
  }
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** The number MySQL and MariaDB put on an error. */
export function faultNumber(error: unknown): number {
  const { errno } = (error ?? {}) as { errno?: unknown };
  return typeof errno === 'number' ? errno : 0;
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether the connection is to blame, whatever the database. */
export function isConnectionFault(error: unknown): boolean {
  if (SOCKET_CODES.has(faultCode(error))) {
    return true;
  }
  const message = error instanceof Error ? error.message : '';
  // pg reports a lost or unobtainable connection by message alone.
  return /connection terminated|timeout exceeded when trying to connect|not queryable|connection is in closed state|pool is (closed|draining)|Cannot use a pool after|driver not connected|already released|database connection is not open/i.test(
    message,
  );
}
