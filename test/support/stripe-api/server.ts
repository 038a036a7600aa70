import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StandInAccount } from './account';
import { Accounts } from './accounts';
import { ApiError } from './api-error';
import { Faults } from './faults';
import { Idempotency } from './idempotency';
import { toJson } from './json-text';
import { readForm, type Parameters } from './parameters';
import { findRoute } from './route';
import { ROUTES } from './routes';

/** What a request to the stand-in was. */
export interface ApiRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it came, by `performance.now()`. */
  readonly at: number;
}

/** How a stand-in behaves. */
export interface StripeApiParts {
  /** In milliseconds. @default `Date.now` */
  readonly now?: () => number;
  /** More than this many within a second are answered with 429. @default no limit */
  readonly requestsPerSecond?: number;
}

export const API_KEY = 'sk_test_made_up';

/** A stand-in for the Stripe API, on this machine, that the real SDK talks to. */
export class StripeApi {
  readonly requests: ApiRequest[] = [];
  readonly accounts = new Accounts();
  readonly faults = new Faults();
  /** The account of `API_KEY`. */
  readonly account: StandInAccount = this.accounts.ofKey(API_KEY);
  private readonly idempotency = new Idempotency();
  private readonly server = createServer((request, response) => {
    void this.serve(request, response);
  });

  constructor(private readonly parts: StripeApiParts) {}

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** What `new Stripe()` is given to talk to it. */
  get clientOptions(): { readonly host: string; readonly port: number; readonly protocol: 'http' } {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port, protocol: 'http' };
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = message;
    const body = await bodyOf(message);
    const request = { method, path: url, headers, body, at: performance.now() };
    this.requests.push(request);
    const fault = await this.faults.of(url);
    if (fault === 'silence') {
      return;
    }
    if (fault === 'hang-up') {
      message.socket.destroy();
      return;
    }
    if (fault !== null && typeof fault === 'object' && 'delayMs' in fault) {
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    }
    const status = fault !== null && typeof fault === 'object' && 'status' in fault ? fault : null;
    const answer = this.answerTo(request, status);
    response.writeHead(answer.status, { ...commonHeaders(request, this.requests.length), ...answer.headers });
    if (fault === 'cut-off') {
      response.write(answer.text.slice(0, -10), () => message.socket.destroy());
      return;
    }
    response.end(answer.text);
  }

  private answerTo(request: ApiRequest, fault: Failure | null): Answer {
    try {
      if (fault !== null) {
        throw failure(fault);
      }
      this.checkRate(request.at);
      return this.answer(request);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      return { status: error.status, text: toJson({ error: error.body }), headers: error.headers };
    }
  }

  private answer(request: ApiRequest): Answer {
    const { method, headers, body } = request;
    const { pathname: path, search } = new URL(request.path, 'http://stand-in');
    const account = this.accounts.authenticate(headers);
    const found = findRoute(ROUTES, method, path);
    if (found === null) {
      const message = `Unrecognized request URL (${method}: ${path}).`;
      throw new ApiError(404, { type: 'invalid_request_error', message });
    }
    const { route, id } = found;
    const call = {
      ...{ method, path, id, headers, account },
      query: readForm(search.slice(1)),
      body: readBody(body, headers),
      nowSeconds: Math.floor((this.parts.now ?? Date.now)() / 1_000),
    };
    const key = method === 'GET' ? undefined : String(headers['idempotency-key'] ?? '') || undefined;
    const owned = key === undefined ? undefined : `${account.id} ${key}`;
    const { text, replayed } = this.idempotency.once(owned, `${method} ${request.path} ${body}`, () =>
      toJson(route.answer(call)),
    );
    return { status: 200, text, headers: replayed ? { 'idempotent-replayed': 'true' } : {} };
  }

  private checkRate(now: number): void {
    const { requestsPerSecond = Infinity } = this.parts;
    const recent = this.requests.length - 1 - this.requests.findLastIndex(({ at }) => at <= now - 1_000);
    if (recent > requestsPerSecond) {
      throw failure({ status: 429 });
    }
  }
}

/** Starts a stand-in. Its data is in `account`, or in that of another key: `accounts.ofKey('sk_…', 'acct_…')`. */
export async function startStripeApi(parts: StripeApiParts = {}): Promise<StripeApi> {
  return new StripeApi(parts).listen();
}

interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function failure({ status, headers = {} }: Failure): ApiError {
  const body =
    status === 429
      ? { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' }
      : { type: 'api_error', message: 'Something went wrong.' };
  return new ApiError(status, body, headers);
}

function commonHeaders({ headers }: ApiRequest, count: number): Record<string, string> {
  const echoed = ['stripe-version', 'stripe-account', 'idempotency-key'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    'content-type': 'application/json',
    'request-id': `req_${String(count).padStart(8, '0')}`,
    ...Object.fromEntries(echoed),
  };
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Version 1 sends forms, version 2 JSON. */
function readBody(body: string, headers: IncomingHttpHeaders): Parameters {
  const isJson = headers['content-type']?.startsWith('application/json') ?? false;
  return body === '' ? {} : isJson ? (JSON.parse(body) as Parameters) : readForm(body);
}
