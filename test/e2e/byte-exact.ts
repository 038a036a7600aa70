import { expect } from '@jest/globals';
import { testId } from 'nestjs-stripe-events/testing';
import type { WebhookApp } from '../support/webhook-app';

/** A body that no parser and serialiser give back as it was. */
export function oddBody(id: string, note = ''): string {
  return `\r\n{ "type":\t"invoice.paid" ,"id" :"${id}","object":"event",  "created": 1.0e9,"note":"${note}"}\n \n`;
}

/** Delivers bodies of all kinds, and expects each to be stored byte for byte. */
export async function expectByteExact(webhook: WebhookApp, path?: string): Promise<void> {
  for (const note of ['', '💶 Zoë \\ud83d\\u0000 שלום', '€'.repeat(50_000), 'x'.repeat(1_000_000)]) {
    const id = testId('evt');
    const body = oddBody(id, note);
    const answer = await webhook.deliver(body, path);
    expect([answer.status, await answer.json()]).toEqual([200, { received: true, duplicate: false }]);
    expect((await webhook.stored(id)) === body).toBe(true);
  }
}
