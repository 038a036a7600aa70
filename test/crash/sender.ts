import { buildEvent } from 'nestjs-stripe-events/testing';
import type { Answer, CrashProcess } from '../support/crash-process';
import { waitUntil } from '../support/wait-until';

/** A sender like Stripe: several connections, and what was not answered 200 is sent again. */
export class Sender {
  readonly sent = new Map<string, Record<string, unknown>>();
  readonly acknowledged = new Set<string>();
  /** Answers that said `duplicate: true`. */
  duplicates = 0;
  private readonly again: string[] = [];
  private stopping = false;
  private sending: Promise<unknown> = Promise.resolve();

  /**
   * @param receiver who receives just now; waits while there is nobody
   * @param random which deliveries are repeated although they were answered
   */
  constructor(
    private readonly receiver: () => Promise<CrashProcess>,
    private readonly random: () => number,
  ) {}

  /** Begins to send, on so many connections at the same time. */
  start(connections: number): void {
    this.sending = Promise.all(Array.from({ length: connections }, () => this.send()));
  }

  /** Resolves when so many events were acknowledged. */
  async reached(count: number): Promise<void> {
    await waitUntil(`${count} events are acknowledged`, () => this.acknowledged.size >= count, 60_000);
  }

  /** Sends no new events; resolves when all of those that were sent are acknowledged. */
  async finish(): Promise<void> {
    this.stopping = true;
    await this.sending;
  }

  private async send(): Promise<void> {
    for (let id = this.next(); id !== undefined; id = this.next()) {
      const receiver = await this.receiver();
      this.note(id, await receiver.deliver(this.sent.get(id)));
    }
  }

  private next(): string | undefined {
    const id = this.again.shift();
    if (id !== undefined || this.stopping) {
      return id;
    }
    const event = buildEvent({ type: 'invoice.paid' });
    const fresh = String(event.id);
    this.sent.set(fresh, event);
    return fresh;
  }

  private note(id: string, answer: Answer | null): void {
    if (answer?.status !== 200) {
      this.again.push(id);
      return;
    }
    this.duplicates += (answer.body as { duplicate: boolean }).duplicate ? 1 : 0;
    if (!this.acknowledged.has(id) && this.random() < 0.05) {
      this.again.push(id);
    }
    this.acknowledged.add(id);
  }
}
