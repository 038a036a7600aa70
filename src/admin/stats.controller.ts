import { Get, HttpStatus, Injectable, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventStatsQuery } from '../events';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { DEFAULT_WINDOW, StatsParameters } from './dto/stats.parameters';
import { answers } from './error.view';
import { ApiOperation } from './openapi';
import { StatsView, statsView } from './stats.view';
import { windowMs } from './window';

/** `GET stats`. */
@Injectable()
export class StripeAdminStatsController {
  static readonly path = 'stats';

  constructor(
    private readonly statistics: EventStatsQuery,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Counts what was received in a window of time, and how it was handled',
    query: StatsParameters,
    answers: answers({ status: 200, description: 'The counts', type: StatsView }, 400, 401),
  })
  async stats(
    @Query(new DtoPipe(StatsParameters)) { window = DEFAULT_WINDOW }: Readonly<StatsParameters>,
    @Res() response: unknown,
  ): Promise<void> {
    const stats = await this.statistics.stats(windowMs(window) ?? NaN);
    send(this.host, response, { statusCode: HttpStatus.OK, body: statsView(window, stats) });
  }
}
