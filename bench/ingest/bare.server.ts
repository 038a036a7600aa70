import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECRET } from './deliveries';

const ANSWER = JSON.stringify({ received: true, duplicate: false });

/** `node:http` that verifies and parses, and does nothing else. */
export async function startBareServer(): Promise<number> {
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const fits = verified(body, String(request.headers['stripe-signature']));
      JSON.parse(body.toString('utf8'));
      const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(ANSWER) };
      response.writeHead(fits ? 200 : 400, head).end(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
  });
}

function verified(body: Buffer, header: string): boolean {
  const [, timestamp = '', signature = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  const expected = createHmac('sha256', SECRET).update(`${timestamp}.`).update(body).digest('hex');
  return signature !== '' && timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}
