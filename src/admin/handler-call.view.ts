import type { HandlerRunEntity, RunStatus } from '../events';
import { moment } from './moment';
import { ApiField, ApiSchema } from './openapi';

/** One call of a handler for an event. */
@ApiSchema('StripeHandlerCallView')
export class HandlerCallView {
  @ApiField({ type: 'string' })
  handler!: string;

  @ApiField({ type: 'integer', description: 'How often the event had been replayed before.' })
  replay!: number;

  @ApiField({ type: 'integer', description: 'Which attempt it was since then.' })
  attempt!: number;

  @ApiField({ type: 'string', enum: ['succeeded', 'failed', 'dead'] })
  status!: RunStatus;

  @ApiField({ type: 'string', format: 'date-time' })
  startedAt!: string | null;

  @ApiField({ type: 'integer' })
  durationMs!: number;

  @ApiField({ type: 'string', nullable: true })
  error!: string | null;
}

/** Every call that these runs tell of, oldest first. */
export function handlerCalls(runs: readonly HandlerRunEntity[]): HandlerCallView[] {
  const begun = (call: HandlerCallView): number => Date.parse(call.startedAt ?? '');
  return runs.flatMap(callsOf).sort((a, b) => a.replay - b.replay || begun(a) - begun(b));
}

function callsOf(run: HandlerRunEntity): HandlerCallView[] {
  const { handler, replayNo: replay, status, attempts, startedAt, durationMs, error } = run;
  const earlier = (run.earlier ?? []).map(({ startedAtMs, ...call }) => {
    return { handler, replay, status: 'failed' as const, startedAt: moment(new Date(startedAtMs)), ...call };
  });
  return [...earlier, { handler, replay, attempt: attempts, status, startedAt: moment(startedAt), durationMs, error }];
}
