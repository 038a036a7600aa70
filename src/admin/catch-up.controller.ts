import { Body, HttpStatus, Injectable, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StripeCatchUpService, type StripeCatchUpRequest } from '../sync';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { CatchUpBody } from './dto/sync-run.fields';
import { answers } from './error.view';
import { ApiOperation } from './openapi';
import { SyncRunStartedView } from './sync-run.view';

/** `POST events/catch-up`. */
@Injectable()
export class StripeAdminCatchUpController {
  static readonly path = 'events';

  constructor(
    private readonly catchUps: StripeCatchUpService,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post('catch-up')
  @ApiOperation({
    summary: 'Fetches missed events from the Stripe API',
    description: 'One at a time for each account: where one is running, that is the run that is answered.',
    body: CatchUpBody,
    answers: answers({ status: 202, description: 'It is running', type: SyncRunStartedView }, 400, 401),
  })
  async catchUp(
    @Body(new DtoPipe(CatchUpBody)) request: StripeCatchUpRequest,
    @Res() response: unknown,
  ): Promise<void> {
    const { id } = await this.catchUps.begin(request);
    send(this.host, response, { statusCode: HttpStatus.ACCEPTED, body: { run: id } });
  }
}
