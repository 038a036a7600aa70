import { createHmac } from 'node:crypto';

/** A delivery as Stripe makes it: the body to send, byte for byte, and the headers that go with it. */
export interface SignedDelivery {
  /** What was signed. */
  readonly body: string;
  /** Those that Stripe sends and this package reads. */
  readonly headers: { readonly 'content-type': string; readonly 'stripe-signature': string };
}

/**
 * Signs an event as Stripe does (https://docs.stripe.com/webhooks#verify-manually).
 *
 * @param event what to send; a text is sent as it is, anything else as indented JSON, which a receiver that re-serialises
 * it does not verify
 * @param secret the endpoint's signing secret
 * @param timestamp when it is signed, in unix seconds
 */
export function signedDelivery(
  event: unknown,
  secret: string,
  timestamp: number = Math.floor(Date.now() / 1000),
): SignedDelivery {
  const body = typeof event === 'string' ? event : JSON.stringify(event, null, 2);
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${timestamp},v1=${signature}`,
    },
  };
}
