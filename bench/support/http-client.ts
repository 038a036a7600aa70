import { connect, type Socket } from 'node:net';

/** What a load of requests came to. */
export interface LoadResult {
  readonly seconds: number;
  readonly answers: number;
  /** How many answers were not 200. */
  readonly refused: number;
  /** How long each answer took, in milliseconds. */
  readonly latencies: number[];
}

/** What is sent, and how. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
  /** The bytes of one more request. */
  readonly next: () => Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Sends requests over kept connections, one at a time on each, and measures the answers.
 *
 * The client shares the machine with what it measures, so it does as little as it can: the usual clients use more of a
 * processor than a small server does.
 */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const begin = performance.now();
  const end = begin + load.durationMs;
  const connections = Array.from({ length: load.connections }, () => new Connection(load, end));
  await Promise.all(connections.map((connection) => connection.run()));
  return {
    seconds: (performance.now() - begin) / 1000,
    answers: connections.reduce((sum, { latencies }) => sum + latencies.length, 0),
    refused: connections.reduce((sum, { refused }) => sum + refused, 0),
    latencies: connections.flatMap(({ latencies }) => latencies),
  };
}

class Connection {
  readonly latencies: number[] = [];
  refused = 0;
  private received: Buffer = Buffer.alloc(0);
  private sentAt = 0;

  constructor(
    private readonly load: Load,
    private readonly end: number,
  ) {}

  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: this.load.port, noDelay: true });
      socket.on('connect', () => {
        this.send(socket);
      });
      socket.on('data', (chunk) => {
        this.take(socket, chunk);
      });
      socket.on('error', reject);
      socket.on('close', () => {
        resolve();
      });
    });
  }

  private send(socket: Socket): void {
    this.sentAt = performance.now();
    if (this.sentAt >= this.end) {
      socket.destroy();
      return;
    }
    socket.write(this.load.next());
  }

  private take(socket: Socket, chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const length = answerLength(this.received);
    if (length === null || this.received.length < length) {
      return;
    }
    this.latencies.push(performance.now() - this.sentAt);
    // "HTTP/1.1 200"
    this.refused += this.received.toString('latin1', 9, 12) === '200' ? 0 : 1;
    this.received = Buffer.alloc(0);
    this.send(socket);
  }
}

/** How long the answer is with its head; null while that cannot be told. */
function answerLength(received: Buffer): number | null {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) {
    return null;
  }
  const head = received.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) {
    throw new Error('An answer without Content-Length cannot be measured.');
  }
  return headEnd + HEAD_END.length + Number(length);
}
