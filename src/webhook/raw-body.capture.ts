import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Injectable, type HttpServer } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RawBodyMissingError } from '../errors';
import { readBody } from './read-body';
import { isWebhookRoute, WebhookPaths } from './webhook-route';

/** What the capture has to know of the endpoint. */
export interface CaptureOptions {
  /** The webhooks' paths, without slashes at their ends. */
  readonly paths: readonly string[];
  readonly maxBodyBytes: number;
}

type Captured = Buffer | Error;
interface WithBody {
  rawBody?: unknown;
  body?: unknown;
}
type NodeRequest = IncomingMessage & WithBody;
type ExpressRequest = NodeRequest & { readonly path: string };
type FastifyRequest = WithBody & { readonly raw: NodeRequest };
interface FastifyRoute {
  readonly config?: unknown;
  preParsing?: unknown;
}
interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
}

/**
 * Reads a webhook's body before any parser of the framework or the application can: byte for byte, up to a limit of
 * its own, whatever the application was created with. The bodies of other routes are left alone.
 *
 * Nest registers its parsers when the application is initialised, so a hook that a constructor leaves with the HTTP
 * adapter comes before them.
 */
@Injectable()
export class RawBodyCapture {
  private readonly captured = new WeakMap<IncomingMessage, Captured>();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly options: CaptureOptions,
  ) {
    if (options.paths.length > 0) {
      // At once, or later in a testing module. An application without HTTP has no adapter, which it says with null.
      host.init$.subscribe(() => {
        this.install(host.httpAdapter as HttpServer | null);
      });
    }
  }

  /**
   * The bytes of this request's body.
   *
   * @throws {BodyTooLargeError} when there are more than the limit
   * @throws {SignatureVerificationError} when they did not all arrive
   * @throws {RawBodyMissingError} when something else has read them before
   */
  bodyOf(request: unknown): Buffer {
    const { rawBody, raw = request as NodeRequest } = request as Partial<FastifyRequest>;
    const body = this.captured.get(raw) ?? rawBody ?? raw.rawBody;
    if (body instanceof Error) {
      throw body;
    }
    if (!Buffer.isBuffer(body)) {
      throw new RawBodyMissingError();
    }
    return body;
  }

  private install(adapter: HttpServer | null): void {
    if (adapter?.getType() === 'fastify') {
      this.installOnFastify(adapter.getInstance() as Fastify);
    } else if (adapter !== null) {
      const ends = this.options.paths.map((path) => `/${path}`.toLowerCase());
      this.installOnExpress(adapter, new WebhookPaths(ends));
    }
  }

  private installOnExpress(adapter: HttpServer, webhook: WebhookPaths): void {
    webhook.learnFrom(adapter);
    adapter.use((request: ExpressRequest, _response: unknown, next: () => void) => {
      if (request.method === 'POST' && webhook.include(request.path)) {
        void this.captureOnExpress(request).then(next);
      } else {
        next();
      }
    });
  }

  private async captureOnExpress(request: ExpressRequest): Promise<void> {
    await this.capture(request, request, request);
    if (this.captured.get(request) instanceof Error) {
      leaveNothingToParse(request);
    }
  }

  private installOnFastify(fastify: Fastify): void {
    fastify.addHook('onRoute', (route) => {
      if (isWebhookRoute(route.config)) {
        route.preParsing = async (request: FastifyRequest, _reply: unknown, payload: Readable) => {
          await this.capture(request, request.raw, payload);
          leaveNothingToParse(request.raw);
          return payload;
        };
      }
    });
  }

  /** @param source where the body comes from: the request itself, or what a hook of the application has made of it */
  private async capture(request: WithBody, raw: IncomingMessage, source: Readable): Promise<void> {
    if (source.readableDidRead || source.readableEnded) {
      return;
    }
    const limits = { maxBytes: this.options.maxBodyBytes, declaredBytes: Number(raw.headers['content-length']) };
    const body = await readBody(source, limits).catch((error: unknown) => error as Error);
    this.captured.set(raw, body);
    if (Buffer.isBuffer(body)) {
      offerBody(request, body);
    }
  }
}

/** Makes parsers pass the request over: no body to read any more, and no type of content to refuse. */
function leaveNothingToParse({ headers }: IncomingMessage): void {
  // Not deleted: an object that has lost a property is slower to read from then on.
  headers['content-type'] = undefined;
  headers['content-length'] = undefined;
  headers['transfer-encoding'] = undefined;
}

/** `rawBody` and `body` as parsers leave them, for interceptors that look at them; parsed only if one does. */
function offerBody(request: WithBody, rawBody: Buffer): void {
  request.rawBody = rawBody;
  Object.defineProperty(request, 'body', PARSED_WHEN_READ);
}

/** One for all requests: with functions of its own, each request would be an object of a new shape. */
const PARSED_WHEN_READ: PropertyDescriptor & ThisType<WithBody> = {
  configurable: true,
  enumerable: true,
  get() {
    const value = parsedOrNothing(this.rawBody);
    settleBody(this, value);
    return value;
  },
  set(value: unknown) {
    settleBody(this, value);
  },
};

function settleBody(request: WithBody, value: unknown): void {
  Object.defineProperty(request, 'body', { configurable: true, enumerable: true, writable: true, value });
}

function parsedOrNothing(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
