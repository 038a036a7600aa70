import { Get, HttpStatus, Injectable, Param, Post, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SyncRuns, type SyncRunFilter } from '../sync-runs';
import { send } from './answer';
import { DtoPipe } from './dto/dto.pipe';
import { SyncRunListQuery } from './dto/sync-run.fields';
import { answers } from './error.view';
import { ApiOperation } from './openapi';
import { SyncRunListView, SyncRunView, syncRunView } from './sync-run.view';

/** `GET runs`, `GET runs/:run`, `POST runs/:run/cancel`. */
@Injectable()
export class StripeAdminSyncRunsController {
  static readonly path = 'runs';

  constructor(
    private readonly runs: SyncRuns,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Lists the latest catch-ups and syncs, newest first',
    query: SyncRunListQuery,
    answers: answers({ status: 200, description: 'The runs', type: SyncRunListView }, 400, 401),
  })
  async list(@Query(new DtoPipe(SyncRunListQuery)) filter: SyncRunFilter, @Res() response: unknown): Promise<void> {
    const runs = await this.runs.list(filter);
    send(this.host, response, { statusCode: HttpStatus.OK, body: { data: runs.map(syncRunView) } });
  }

  @Get(':run')
  @ApiOperation({
    summary: 'Shows how far a catch-up or a sync is',
    answers: answers({ status: 200, description: 'The run', type: SyncRunView }, 401, 404),
  })
  async find(@Param('run') run: string, @Res() response: unknown): Promise<void> {
    send(this.host, response, { statusCode: HttpStatus.OK, body: syncRunView(await this.runs.find(run)) });
  }

  @Post(':run/cancel')
  @ApiOperation({
    summary: 'Ends a run in whichever process; one that has ended stays as it is',
    answers: answers({ status: 200, description: 'The run', type: SyncRunView }, 401, 404),
  })
  async cancel(@Param('run') run: string, @Res() response: unknown): Promise<void> {
    send(this.host, response, { statusCode: HttpStatus.OK, body: syncRunView(await this.runs.cancel(run)) });
  }
}
