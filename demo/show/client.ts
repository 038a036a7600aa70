import { setTimeout as pause } from 'node:timers/promises';
import type { SignedDelivery } from 'nestjs-stripe-events/testing';

/** What the administration says of one event. */
export interface EventDetail {
  readonly status: string;
  readonly ignoredReason: string | null;
  readonly attempts: number;
  readonly customer: string | null;
  readonly lastError: string | null;
  readonly runs: readonly Run[];
}

/** One handler on one event. */
export interface Run {
  readonly handler: string;
  readonly status: string;
  readonly attempts: number;
  readonly durationMs: number;
}

const SETTLED_WITHIN_MS = 30_000;

/** Speaks to the application as Stripe and as an operator do: over HTTP. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly adminToken: string,
  ) {}

  /** Delivers, and says what was answered: `200 new`, `200 duplicate`, `400 refused`, or another status. */
  async deliver({ body, headers }: SignedDelivery): Promise<string> {
    const answer = await fetch(`${this.url}/stripe/webhook`, { method: 'POST', body, headers });
    const { duplicate } = (await answer.json()) as { duplicate?: boolean };
    if (answer.ok) {
      return `${answer.status} ${duplicate === true ? 'duplicate' : 'new'}`;
    }
    return answer.status === 400 ? '400 refused' : String(answer.status);
  }

  /** The event once nothing is left to do for it, or as it is after half a minute; null when it is not stored. */
  async settled(eventId: string): Promise<EventDetail | null> {
    const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
    for (;;) {
      const event = await this.admin<EventDetail>('GET', `events/${eventId}`);
      const open = event !== null && ['pending', 'processing'].includes(event.status);
      if (!open || Date.now() > giveUpAt) {
        return event;
      }
      await pause(50);
    }
  }

  async replay(eventId: string): Promise<void> {
    await this.admin('POST', `events/${eventId}/replay`);
  }

  private async admin<T>(method: string, path: string): Promise<T | null> {
    const headers = { authorization: `Bearer ${this.adminToken}` };
    const answer = await fetch(`${this.url}/stripe/admin/${path}`, { method, headers });
    if (answer.status === 404) {
      return null;
    }
    if (!answer.ok) {
      throw new Error(`${method} ${path} of the administration was answered ${answer.status}.`);
    }
    return (await answer.json()) as T;
  }
}
