import { connect, type Socket } from 'node:net';

/** The head of a POST with these headers and no others, one line each, as they stand. */
export function headOf(path: string, headers: readonly (readonly [string, string])[]): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines}\r\n`, 'latin1');
}

/** A connection on which a test says what no HTTP client would. */
export class RawConnection {
  private readonly received: Buffer[] = [];
  private readonly socket: Socket;
  /** Resolves when the connection is closed, however that came. */
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (bytes) => this.received.push(bytes));
    // Being cut off while sending is what some tests are about.
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  /** Everything that came back until now. */
  get answer(): string {
    return Buffer.concat(this.received).toString('utf8');
  }

  /** Resolves when the bytes are on their way, or can no longer be. */
  async send(bytes: Uint8Array | string): Promise<void> {
    const sent = new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
    await Promise.race([sent, this.closed]);
  }

  /** Cuts the connection, as a client that crashes. */
  cut(): void {
    this.socket.destroy();
  }

  get open(): boolean {
    return !this.socket.destroyed;
  }
}

/** What a POST came to. */
export interface RawAnswer {
  status: number;
  body: string;
}

/** Sends a POST on a connection of its own, and resolves with the answer. */
export async function rawPost(
  port: number,
  path: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
): Promise<RawAnswer> {
  const connection = new RawConnection(port);
  const head = headOf(path, [['Connection', 'close'], ['Content-Length', String(body.length)], ...headers]);
  await connection.send(Buffer.concat([head, body]));
  await connection.closed;
  return parseAnswer(connection.answer);
}

/** Reads one answer that is not sent in chunks. */
export function parseAnswer(text: string): RawAnswer {
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), body: text.slice(text.indexOf('\r\n\r\n') + 4) };
}
