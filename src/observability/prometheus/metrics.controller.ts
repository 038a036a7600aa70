import {
  Controller,
  Get,
  HttpStatus,
  Res,
  UnauthorizedException,
  UseGuards,
  VERSION_NEUTRAL,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingHttpHeaders } from 'node:http';
import { SecretToken } from '../../common';
import { errorBody, UnauthorizedError } from '../../errors';
import { MetricsPage } from './metrics-page';
import type { StripePrometheusOptions } from './stripe-prometheus.options';

/** The controller of the metrics, made anew for each registration: its path and decorators are the application's. */
export function createMetricsController({ path = 'metrics', token, decorators = [] }: StripePrometheusOptions): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  class StripeMetricsController {
    constructor(
      private readonly page: MetricsPage,
      private readonly host: HttpAdapterHost,
    ) {}

    @Get()
    async metrics(@Res() response: unknown): Promise<void> {
      const text = await this.page.read();
      const { httpAdapter } = this.host;
      httpAdapter.setHeader(response, 'Content-Type', MetricsPage.contentType);
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.reply(response, text, HttpStatus.OK);
    }
  }
  if (token !== undefined) {
    UseGuards(tokenGuard(token))(StripeMetricsController);
  }
  decorators.forEach((decorate) => {
    decorate(StripeMetricsController);
  });
  return StripeMetricsController;
}

function tokenGuard(token: string): CanActivate {
  const expected = new SecretToken(token);
  return {
    canActivate(context: ExecutionContext): boolean {
      if (!expected.isGivenBy(context.switchToHttp().getRequest<{ headers: IncomingHttpHeaders }>())) {
        throw new UnauthorizedException(errorBody(new UnauthorizedError()));
      }
      return true;
    },
  };
}
