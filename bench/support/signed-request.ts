import { createHmac } from 'node:crypto';

/** Where a delivery goes, and the secret it is signed with. */
export interface DeliveryTarget {
  readonly path: string;
  readonly secret: string;
}

/** The bytes of one HTTP request that delivers this body now, signed, with the headers that Stripe sends. */
export function signedRequest(body: string, { path, secret }: DeliveryTarget): Buffer {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json; charset=utf-8',
    'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'Accept: */*; q=0.5, application/xml',
    `Stripe-Signature: t=${timestamp},v1=${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
