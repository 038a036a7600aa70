import { Get, HttpStatus, Injectable, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EndpointWatch } from '../endpoints';
import { send } from './answer';
import { WatchedEndpointsView, watchedEndpointsView } from './endpoints.view';
import { answers } from './error.view';
import { ApiOperation } from './openapi';

/** `GET endpoints`. */
@Injectable()
export class StripeAdminEndpointsController {
  static readonly path = 'endpoints';

  constructor(
    private readonly watch: EndpointWatch,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Compares the webhook endpoints at Stripe with the handlers',
    answers: answers({ status: 200, description: 'The endpoints that lead here', type: WatchedEndpointsView }, 401),
  })
  async compare(@Res() response: unknown): Promise<void> {
    send(this.host, response, { statusCode: HttpStatus.OK, body: watchedEndpointsView(await this.watch.look()) });
  }
}
