import { buildEvent } from 'nestjs-stripe-events/testing';
import type { LedgerApp } from './ledger-app';
import { deliverAndNote, type Answer } from './noted-delivery';
import { waitUntil } from './wait-until';

const LANES = 6;

/** New events, delivered one after the other in several lanes, until it is stopped. */
export class Traffic {
  /** What was answered, in the order of the answers. */
  readonly answers: Answer[] = [];
  private readonly events = new Map<string, Record<string, unknown>>();
  private readonly lanes: Promise<void>[];
  private flowing = true;

  constructor(private readonly ledger: LedgerApp) {
    this.lanes = Array.from({ length: LANES }, () => this.flow());
  }

  /** Waits for so many more answers of this status. */
  async more(status: number, count: number): Promise<void> {
    const target = this.countOf(status) + count;
    await waitUntil(`${count} more deliveries are answered ${status}`, () => this.countOf(status) >= target);
  }

  /** Ends it; rejects when a delivery got no answer at all. */
  async stop(): Promise<void> {
    this.flowing = false;
    await Promise.all(this.lanes);
  }

  /** The ids of the events whose deliveries were answered with this status. */
  idsOf(status: number): string[] {
    return this.answers.filter((answer) => answer.status === status).map(({ id }) => id);
  }

  /** Delivers again what was turned away, as Stripe does; gives what was answered. */
  async deliverAgain(): Promise<Answer[]> {
    const turnedAway = this.idsOf(503).map((id) => this.events.get(id) ?? {});
    const answers: Answer[] = [];
    for (const event of turnedAway) {
      answers.push(await deliverAndNote(this.ledger, event));
    }
    return answers;
  }

  private countOf(status: number): number {
    return this.idsOf(status).length;
  }

  private async flow(): Promise<void> {
    while (this.flowing) {
      const event = buildEvent();
      this.events.set(String(event.id), event);
      this.answers.push(await deliverAndNote(this.ledger, event));
    }
  }
}
