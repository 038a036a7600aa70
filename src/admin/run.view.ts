import type { HandlerRunEntity, RunStatus } from '../events';
import { moment } from './moment';
import { ApiField, ApiSchema } from './openapi';

/** One handler on one event, as the administration shows it. */
@ApiSchema('StripeHandlerRunView')
export class RunView {
  @ApiField({ type: 'string' })
  handler!: string;

  @ApiField({ type: 'string', enum: ['succeeded', 'failed', 'dead'] })
  status!: RunStatus;

  @ApiField({ type: 'integer' })
  attempts!: number;

  @ApiField({ type: 'string', format: 'date-time' })
  startedAt!: string | null;

  @ApiField({ type: 'string', format: 'date-time' })
  finishedAt!: string | null;

  @ApiField({ type: 'integer' })
  durationMs!: number;

  @ApiField({ type: 'string', nullable: true })
  error!: string | null;
}

/** What is shown of a run. */
export function runView({
  handler,
  status,
  attempts,
  startedAt,
  finishedAt,
  durationMs,
  error,
}: HandlerRunEntity): RunView {
  return { handler, status, attempts, startedAt: moment(startedAt), finishedAt: moment(finishedAt), durationMs, error };
}
