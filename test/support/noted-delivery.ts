import { expect } from '@jest/globals';
import type { LedgerApp } from './ledger-app';

/** What one delivery was answered. */
export interface Answer {
  readonly id: string;
  readonly status: number;
  /** Whether it was a repeat; undefined when it was not taken. */
  readonly duplicate: boolean | undefined;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

/** A second is promised; this much says that nobody waited for the database, on however slow a machine. */
const AT_ONCE_MS = 5_000;

/** Delivers an event and keeps what was said. */
export async function deliverAndNote(ledger: LedgerApp, event: { id?: unknown }): Promise<Answer> {
  const startedMs = performance.now();
  const response = await ledger.deliver(event);
  const body = (await response.json()) as { duplicate?: boolean };
  return {
    id: String(event.id),
    status: response.status,
    duplicate: body.duplicate,
    retryAfter: response.headers.get('retry-after'),
    tookMs: performance.now() - startedMs,
  };
}

/** Expects the answer to a delivery that could not be stored: to come again, and said at once. */
export function expectTurnedAway({ status, retryAfter, tookMs }: Answer): void {
  expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
  expect(tookMs).toBeLessThan(AT_ONCE_MS);
}

/** Expects the answer to a delivery that is stored now, for the first time or as a repeat. */
export function expectTaken({ status, duplicate }: Answer, expected: { duplicate: boolean }): void {
  expect({ status, duplicate }).toEqual({ status: 200, ...expected });
}
