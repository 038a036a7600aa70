import { Body, HttpStatus, Injectable, Param, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventNotFoundError, StripeApiError } from '../errors';
import { EventQuery, StripeEventActionService } from '../events';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { ValidateEventBody } from './dto/validate-event.body';
import { answers } from './error.view';
import { ApiOperation } from './openapi';
import { ValidatedView } from './validated.view';

/** `POST events/:stripeId/validate`. */
@Injectable()
export class StripeAdminEventValidationController {
  static readonly path = 'events';

  constructor(
    private readonly actions: StripeEventActionService,
    private readonly events: EventQuery,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post(':stripeId/validate')
  @ApiOperation({
    summary: 'Compares an event with Stripe’s own copy of it',
    body: ValidateEventBody,
    answers: answers(
      { status: 200, description: 'What it came to', type: ValidatedView },
      ...([400, 401, 404, 409, 410, 502] as const),
    ),
  })
  async validate(
    @Param('stripeId') stripeId: string,
    @Body(new DtoPipe(ValidateEventBody)) { endpoint }: Readonly<ValidateEventBody>,
    @Res() response: unknown,
  ): Promise<void> {
    const event = await this.events.find(stripeId, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    const valid = await this.actions.validate(event).catch((error: unknown) => {
      throw codedError(error);
    });
    send(this.host, response, { statusCode: HttpStatus.OK, body: { valid } });
  }
}

/** An error of the SDK has no answer of its own. */
function codedError(cause: unknown): unknown {
  const { statusCode, type } = cause as { readonly statusCode?: unknown; readonly type?: unknown };
  if (typeof statusCode === 'number') {
    return new StripeApiError(statusCode, { cause });
  }
  return type === 'StripeConnectionError' ? new StripeApiError(null, { cause }) : cause;
}
