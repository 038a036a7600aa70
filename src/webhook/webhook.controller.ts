import { Controller, HttpStatus, Post, Req, Res, UseFilters, VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingHttpHeaders } from 'node:http';
import { RawBodyCapture } from './raw-body.capture';
import { WebhookExceptionFilter } from './webhook-exception.filter';
import { WebhookReceiver, type WebhookReceipt } from './webhook.receiver';
import { MarkWebhookRoute } from './webhook-route';

interface WebhookRequest {
  readonly headers: IncomingHttpHeaders;
}

/** A path that deliveries come to. */
export interface WebhookPlace {
  readonly path: string;
  /** The account whose secrets count here; undefined where any account's do. */
  readonly endpoint: string | undefined;
}

/**
 * The controller of the webhook, made anew for each registration: its path and decorators are the application's.
 *
 * It writes its answer itself, so that interceptors of the application which wrap answers do not change what Stripe is
 * told, and it has no version, so that versioning does not move its path.
 */
export function createWebhookController({ path, endpoint }: WebhookPlace, decorators: readonly ClassDecorator[]): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseFilters(WebhookExceptionFilter)
  class StripeWebhookController {
    constructor(
      private readonly receiver: WebhookReceiver,
      private readonly bodies: RawBodyCapture,
      private readonly host: HttpAdapterHost,
    ) {}

    @Post()
    @MarkWebhookRoute()
    async receive(@Req() request: WebhookRequest, @Res() response: unknown): Promise<WebhookReceipt> {
      const receipt = await this.receiver.receive({
        body: () => this.bodies.bodyOf(request),
        signature: request.headers['stripe-signature'],
        account: endpoint,
      });
      this.host.httpAdapter.reply(response, receipt, HttpStatus.OK);
      // Nobody sends it; interceptors that look at the answer find one.
      return receipt;
    }
  }
  if (endpoint !== undefined) {
    // What OpenAPI's ids are made of.
    Object.defineProperty(StripeWebhookController, 'name', { value: `${StripeWebhookController.name}_${endpoint}` });
  }
  decorators.forEach((decorate) => {
    decorate(StripeWebhookController);
  });
  return StripeWebhookController;
}
