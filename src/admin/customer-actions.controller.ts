import { Body, HttpStatus, Injectable, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StripeCustomerService } from '../customers';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { SyncCustomersBody } from './dto/sync-customers.body';
import { answers } from './error.view';
import { ApiOperation } from './openapi';
import { StartedRunView } from './started-run.view';

/** `POST customers/sync`. */
@Injectable()
export class StripeAdminCustomerActionsController {
  static readonly path = 'customers';

  constructor(
    private readonly customers: StripeCustomerService,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post('sync')
  @ApiOperation({
    summary: 'Starts to take customers over from Stripe: all, or some',
    description:
      'All: one run at a time for each account, joined where one is under way. Ask for the run to see how far it is.',
    body: SyncCustomersBody,
    answers: answers({ status: 202, description: 'It has begun', type: StartedRunView }, 400, 401),
  })
  async sync(
    @Body(new DtoPipe(SyncCustomersBody)) request: Readonly<SyncCustomersBody>,
    @Res() response: unknown,
  ): Promise<void> {
    const { id } = await this.customers.beginSync(request);
    send(this.host, response, { statusCode: HttpStatus.ACCEPTED, body: { run: id } });
  }
}
