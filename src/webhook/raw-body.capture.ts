import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RawBodyMissingError } from '../errors';
import { readBody } from './read-body';

/** What the capture has to know of the endpoint. */
export interface CaptureOptions {
  /** The webhook's path, without slashes at its ends; null where there is none. */
  readonly path: string | null;
  readonly maxBodyBytes: number;
}

/** Marks the webhook's route among Fastify's; a key of Nest's Fastify adapter leads it to the route's `config`. */
export const WEBHOOK_ROUTE = 'stripeEventsWebhook';

type Captured = Buffer | Error;
type NodeRequest = IncomingMessage & { rawBody?: unknown; body?: unknown };
interface FastifyRequest {
  readonly raw: NodeRequest;
}
interface FastifyRoute {
  readonly config?: Record<string, unknown>;
  preParsing?: unknown;
}
interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
}

/**
 * Reads the webhook's body before any parser of the framework or the application can: byte for byte, up to a limit of
 * its own, whatever the application was created with.
 *
 * Nest registers its parsers when the application is initialised, so a hook that a constructor leaves with the HTTP
 * adapter comes before them.
 */
@Injectable()
export class RawBodyCapture {
  private readonly captured = new WeakMap<IncomingMessage, Captured>();
  private readonly pathEnd: string;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly options: CaptureOptions,
  ) {
    this.pathEnd = `/${options.path ?? ''}`.toLowerCase();
    if (options.path === null) {
      return;
    }
    if ((host.httpAdapter as unknown) === undefined) {
      // A testing module, or an application without HTTP: the adapter comes later, or never.
      host.init$.subscribe(() => {
        this.install();
      });
    } else {
      this.install();
    }
  }

  /**
   * The bytes of this request's body.
   *
   * @throws {BodyTooLargeError} when there are more than the limit
   * @throws {RawBodyMissingError} when something else has read them before
   */
  bodyOf(request: unknown): Buffer {
    const node = (request as Partial<FastifyRequest>).raw ?? (request as NodeRequest);
    const body = this.captured.get(node) ?? node.rawBody;
    if (body instanceof Error) {
      throw body;
    }
    if (!Buffer.isBuffer(body)) {
      throw new RawBodyMissingError();
    }
    return body;
  }

  private install(): void {
    const adapter = this.host.httpAdapter;
    if (adapter.getType() === 'fastify') {
      this.installOnFastify(adapter.getInstance<Fastify>());
    } else {
      adapter.use((request: NodeRequest, _response: unknown, next: () => void) => {
        void this.captureOnExpress(request).then(next);
      });
    }
  }

  private async captureOnExpress(request: NodeRequest): Promise<void> {
    if (request.method !== 'POST' || !this.isWebhook(request.url ?? '') || request.readableEnded) {
      return;
    }
    await this.capture(request);
    const body = this.captured.get(request);
    if (Buffer.isBuffer(body)) {
      // For interceptors that look at it, and for another route that happens to end alike.
      request.rawBody = body;
      offerParsed(request, body);
    } else {
      leaveNothingToParse(request);
    }
  }

  /** Prefixes, versions and parent routes stand before the path, so its end is what tells. */
  private isWebhook(url: string): boolean {
    const [path = ''] = url.split('?', 1);
    return path.toLowerCase().replace(/\/+$/, '').endsWith(this.pathEnd);
  }

  private installOnFastify(fastify: Fastify): void {
    fastify.addHook('onRoute', (route) => {
      if (route.config?.[WEBHOOK_ROUTE] === true) {
        route.preParsing = async ({ raw }: FastifyRequest, _reply: unknown, payload: unknown) => {
          await this.capture(raw);
          leaveNothingToParse(raw);
          return payload;
        };
      }
    });
  }

  private async capture(request: NodeRequest): Promise<void> {
    const body = await readBody(request, this.options.maxBodyBytes).catch((error: unknown) => error as Error);
    this.captured.set(request, body);
  }
}

/** Makes parsers pass the request over: no body to read any more, and no type of content to refuse. */
function leaveNothingToParse({ headers }: NodeRequest): void {
  delete headers['content-type'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
}

/** `request.body` as a parser would leave it, made only when somebody asks. */
function offerParsed(request: NodeRequest, body: Buffer): void {
  Object.defineProperty(request, 'body', {
    configurable: true,
    enumerable: true,
    get: () => parsedOrNothing(body),
    set: (value: unknown) => {
      Object.defineProperty(request, 'body', { configurable: true, enumerable: true, writable: true, value });
    },
  });
}

function parsedOrNothing(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
