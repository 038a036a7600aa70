import { connect } from 'node:net';

/** What `pg`'s client knows of the server's process that works for it. */
export interface PostgresBackend {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

const CANCEL_REQUEST = 80_877_102;
const TIMEOUT_MS = 2_000;

/**
 * Asks the server to end the statement of this connection; best effort.
 *
 * Closing the socket does not: a process that waits for a lock does not look at its socket, and one process more would
 * be left behind at every try, until the server has none to give.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function cancelStatement({ host, port, processID, secretKey }: PostgresBackend): void {
  if (processID === null || secretKey === null) {
    return;
  }
  const request = Buffer.alloc(16);
  [request.length, CANCEL_REQUEST, processID, secretKey].forEach((value, index) => {
    request.writeInt32BE(value, index * 4);
  });
  const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.unref();
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  // The server hangs up, without a word.
  socket.end(request);
  socket.resume();
}
