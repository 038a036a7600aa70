import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { requestOf, shuffled } from './deliveries';

/** What is sent, and to whom. */
export interface SendOrder {
  readonly events: number;
  /** Which share of them is delivered twice, though both were answered. */
  readonly repeatedShare: number;
  /** One for each receiver; where one is replaced, its port is another one from then on. */
  readonly ports: readonly number[];
  readonly connectionsPerPort: number;
}

/** How far it is. */
export interface SendProgress {
  readonly acknowledged: number;
  /** Answers that said `duplicate: false`. */
  readonly fresh: number;
  readonly duplicates: number;
  /** Deliveries that were sent and not answered, since their receiver was killed. */
  readonly unanswered: number;
  /** Answers that were not 200. */
  readonly refused: number;
  readonly done: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const PAUSE_MS = 50;

/** A sender like Stripe: many connections, and what was not answered 200 is sent again. */
export class Sender {
  private readonly order: number[];
  private readonly again: number[] = [];
  private readonly taken: Uint8Array;
  private readonly ports: number[];
  private underWay = 0;
  private readonly counts = { acknowledged: 0, fresh: 0, duplicates: 0, unanswered: 0, refused: 0 };

  constructor({ events, repeatedShare, ports, connectionsPerPort }: SendOrder) {
    this.order = shuffled(events, repeatedShare);
    this.taken = new Uint8Array(events);
    this.ports = [...ports];
    for (const receiver of ports.keys()) {
      for (let connection = 0; connection < connectionsPerPort; connection += 1) {
        void this.keepSending(receiver);
      }
    }
  }

  get progress(): SendProgress {
    return { ...this.counts, done: this.isDone() };
  }

  replace(receiver: number, port: number): void {
    this.ports[receiver] = port;
  }

  private isDone(): boolean {
    return this.order.length === 0 && this.again.length === 0 && this.underWay === 0;
  }

  private async keepSending(receiver: number): Promise<void> {
    while (!this.isDone()) {
      await new Promise<void>((closed) => {
        const socket = connect({ host: '127.0.0.1', port: this.ports[receiver] ?? 0, noDelay: true });
        const exchange = new Exchange(socket, () => this.next());
        exchange.onAnswer = (index, answer) => {
          this.note(index, answer);
        };
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.takeBack(exchange.waitingFor);
          closed();
        });
      });
      await setTimeout(PAUSE_MS);
    }
  }

  private next(): number | undefined {
    const index = this.again.pop() ?? this.order.pop();
    this.underWay += index === undefined ? 0 : 1;
    return index;
  }

  private takeBack(index: number | undefined): void {
    if (index !== undefined) {
      this.counts.unanswered += 1;
      this.underWay -= 1;
      this.again.push(index);
    }
  }

  private note(index: number, answer: string): void {
    this.underWay -= 1;
    if (!answer.startsWith('HTTP/1.1 200')) {
      this.counts.refused += 1;
      this.again.push(index);
      return;
    }
    const duplicate = answer.includes('"duplicate":true');
    this.counts[duplicate ? 'duplicates' : 'fresh'] += 1;
    this.counts.acknowledged += this.taken[index] === 0 ? 1 : 0;
    this.taken[index] = 1;
  }
}

/** One request after the other on one connection. */
class Exchange {
  onAnswer: (index: number, answer: string) => void = () => undefined;
  waitingFor: number | undefined;
  private received: Buffer = Buffer.alloc(0);

  constructor(
    private readonly socket: Socket,
    private readonly next: () => number | undefined,
  ) {
    socket.on('connect', () => {
      this.send();
    });
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
  }

  private send(): void {
    this.waitingFor = this.next();
    if (this.waitingFor === undefined) {
      this.socket.destroy();
      return;
    }
    this.socket.write(requestOf(this.waitingFor));
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    const length = /content-length: (\d+)/i.exec(this.received.toString('latin1', 0, Math.max(0, headEnd)))?.[1];
    if (length === undefined || this.received.length < headEnd + HEAD_END.length + Number(length)) {
      return;
    }
    const index = this.waitingFor;
    this.waitingFor = undefined;
    if (index !== undefined) {
      this.onAnswer(index, this.received.toString('utf8'));
    }
    this.received = Buffer.alloc(0);
    this.send();
  }
}

let sender: Sender | undefined;

process.on('message', (message: { start?: SendOrder; replace?: { receiver: number; port: number } }) => {
  if (message.start !== undefined) {
    sender = new Sender(message.start);
  } else if (message.replace !== undefined) {
    sender?.replace(message.replace.receiver, message.replace.port);
  }
  process.send?.(sender?.progress);
});
process.send?.({});
