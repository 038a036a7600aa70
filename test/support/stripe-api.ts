import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request to the stand-in was. */
export interface ApiRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A stand-in for the Stripe API, on this machine. */
export interface StripeApi {
  readonly requests: ApiRequest[];
  /** What `new Stripe()` is given to talk to it. */
  readonly clientOptions: { readonly host: string; readonly port: number; readonly protocol: 'http' };
  close(): Promise<void>;
}

/** Starts a stand-in that answers `GET` of these paths, and 404 to everything else. */
export async function startStripeApi(answers: Readonly<Record<string, object>>): Promise<StripeApi> {
  const requests: ApiRequest[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    requests.push({ path: url, headers });
    const answer = answers[url];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { error: { type: 'invalid_request_error', message: 'No such object' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    clientOptions: { host: '127.0.0.1', port, protocol: 'http' },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
