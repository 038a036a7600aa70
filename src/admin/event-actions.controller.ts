import { Body, HttpStatus, Inject, Injectable, Param, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventNotFoundError } from '../errors';
import {
  CustomerDirectory,
  directoryKey,
  EventQuery,
  StripeEventActionService,
  type DiscardOptions,
  type EventDiscardFilter,
  type EventReplayFilter,
  type ReplayOptions,
} from '../events';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { DiscardEventBody, DiscardEventsBody } from './dto/discard.body';
import { LinkCustomerBody } from './dto/link-customer.body';
import { DEFAULT_EVENTS, ReplayEventBody, ReplayEventsBody } from './dto/replay.body';
import { DiscardedView } from './discarded.view';
import { answers } from './error.view';
import { EventView, eventView } from './event.view';
import { ApiOperation } from './openapi';
import { ReplayedView } from './replayed.view';

/** `POST` of `events/replay`, `events/discard`, and of `replay`, `discard` and `customer` below `events/:stripeId`. */
@Injectable()
export class StripeAdminEventActionsController {
  static readonly path = 'events';

  constructor(
    private readonly actions: StripeEventActionService,
    private readonly events: EventQuery,
    @Inject(CustomerDirectory) private readonly customers: CustomerDirectory,
    private readonly host: HttpAdapterHost,
  ) {}

  @Post('replay')
  @ApiOperation({
    summary: 'Makes events due again at once, oldest first',
    description: 'Events that were ignored are meant only with status: ignored. Events in work stay as they are.',
    body: ReplayEventsBody,
    answers: answers({ status: 202, description: 'How many are due again', type: ReplayedView }, 400, 401),
  })
  async replayMany(
    @Body(new DtoPipe(ReplayEventsBody)) filter: EventReplayFilter,
    @Res() response: unknown,
  ): Promise<void> {
    const replayed = await this.actions.replay({ limit: DEFAULT_EVENTS, ...filter });
    send(this.host, response, { statusCode: HttpStatus.ACCEPTED, body: { replayed } });
  }

  @Post('discard')
  @ApiOperation({
    summary: 'Takes dead letters for done, oldest first, without handling them',
    body: DiscardEventsBody,
    answers: answers({ status: 200, description: 'How many are ignored now', type: DiscardedView }, 400, 401),
  })
  async discardMany(
    @Body(new DtoPipe(DiscardEventsBody)) filter: EventDiscardFilter,
    @Res() response: unknown,
  ): Promise<void> {
    const discarded = await this.actions.discard({ limit: DEFAULT_EVENTS, ...filter });
    send(this.host, response, { statusCode: HttpStatus.OK, body: { discarded } });
  }

  @Post(':stripeId/discard')
  @ApiOperation({
    summary: 'Takes a dead letter for done, without handling it',
    body: DiscardEventBody,
    answers: answers({ status: 200, description: 'It is ignored now', type: DiscardedView }, 400, 401, 404, 409),
  })
  async discardOne(
    @Param('stripeId') stripeId: string,
    @Body(new DtoPipe(DiscardEventBody)) options: DiscardOptions,
    @Res() response: unknown,
  ): Promise<void> {
    const discarded = await this.actions.discard(stripeId, options);
    send(this.host, response, { statusCode: HttpStatus.OK, body: { discarded } });
  }

  @Post(':stripeId/replay')
  @ApiOperation({
    summary: 'Makes an event due again at once',
    body: ReplayEventBody,
    answers: answers({ status: 202, description: 'It is due again', type: ReplayedView }, 400, 401, 404, 409),
  })
  async replayOne(
    @Param('stripeId') stripeId: string,
    @Body(new DtoPipe(ReplayEventBody)) options: ReplayOptions,
    @Res() response: unknown,
  ): Promise<void> {
    const replayed = await this.actions.replay(stripeId, options);
    send(this.host, response, { statusCode: HttpStatus.ACCEPTED, body: { replayed } });
  }

  @Post(':stripeId/customer')
  @ApiOperation({
    summary: 'Links an event to a customer',
    body: LinkCustomerBody,
    answers: answers({ status: 200, description: 'The event', type: EventView }, 400, 401, 404, 409),
  })
  async linkCustomer(
    @Param('stripeId') stripeId: string,
    @Body(new DtoPipe(LinkCustomerBody)) { customer, endpoint }: Readonly<LinkCustomerBody>,
    @Res() response: unknown,
  ): Promise<void> {
    const event = await this.events.find(stripeId, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    const named = { endpoint: event.endpoint, stripeId: customer, livemode: event.livemode, account: event.account };
    const known = await this.customers.ensure([named]);
    const linked = await this.actions.linkCustomer(event, known.get(directoryKey(event.endpoint, customer)));
    send(this.host, response, { statusCode: HttpStatus.OK, body: eventView(linked) });
  }
}
