import { Get, HttpStatus, Injectable, Param, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventNotFoundError } from '../errors';
import { EventPayloadStore, EventQuery, HandlerRunStore, type EventListFilter } from '../events';
import { AdminPolicy } from './admin.options';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { EndpointQuery } from './dto/endpoint.query';
import { EventListQuery } from './dto/event-list.query';
import { answers } from './error.view';
import { EventDetailView, eventDetailView, EventPageView, eventPageView } from './event.view';
import { ApiOperation } from './openapi';

/** `GET events`, `GET events/:stripeId`. */
@Injectable()
export class StripeAdminEventsController {
  static readonly path = 'events';

  constructor(
    private readonly events: EventQuery,
    private readonly payloads: EventPayloadStore,
    private readonly runs: HandlerRunStore,
    private readonly policy: AdminPolicy,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Lists events, newest first',
    query: EventListQuery,
    answers: answers({ status: 200, description: 'A page of events', type: EventPageView }, 400, 401),
  })
  async list(@Query(new DtoPipe(EventListQuery)) filter: EventListFilter, @Res() response: unknown): Promise<void> {
    const page = await this.events.list(filter);
    send(this.host, response, { statusCode: HttpStatus.OK, body: eventPageView(page) });
  }

  @Get(':stripeId')
  @ApiOperation({
    summary: 'Shows an event with its body and the runs of its handlers',
    query: EndpointQuery,
    answers: answers({ status: 200, description: 'The event', type: EventDetailView }, 400, 401, 404, 409),
  })
  async find(
    @Param('stripeId') stripeId: string,
    @Query(new DtoPipe(EndpointQuery)) { endpoint }: Readonly<EndpointQuery>,
    @Res() response: unknown,
  ): Promise<void> {
    const event = await this.events.find(stripeId, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    await this.payloads.attachTo([event]);
    const runs = await this.runs.historyOf(event);
    send(this.host, response, { statusCode: HttpStatus.OK, body: eventDetailView(event, runs, this.policy.mask) });
  }
}
