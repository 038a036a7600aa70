import { EVENT_STATUSES, type EventStatus } from '../events';
import type { EventStats, HandlerStats, KindCount, StatusCounts, TimeBucket } from '../events';
import { moment } from './moment';
import { ApiField, ApiSchema, type FieldDoc } from './openapi';

const COUNT: FieldDoc = { type: 'integer' };
const MOMENT: FieldDoc = { type: 'string', format: 'date-time' };
const DURATION: FieldDoc = {
  type: 'integer',
  nullable: true,
  description: 'Of the latest 5,000 runs of all handlers.',
};

/** How many events have each status. */
@ApiSchema('StripeStatusCounts')
export class StatusCountsView implements StatusCounts {
  @ApiField(COUNT)
  pending!: number;

  @ApiField(COUNT)
  processing!: number;

  @ApiField(COUNT)
  succeeded!: number;

  @ApiField(COUNT)
  dead!: number;

  @ApiField(COUNT)
  ignored!: number;
}

/** What became of the events of a stretch of time. */
@ApiSchema('StripeTimeBucket')
export class TimeBucketView extends StatusCountsView {
  @ApiField(MOMENT)
  from!: string | null;
}

/** How many events are of a type. */
@ApiSchema('StripeKindCount')
export class KindCountView implements KindCount {
  @ApiField({ type: 'string' })
  kind!: string;

  @ApiField(COUNT)
  count!: number;
}

/** How one handler does. */
@ApiSchema('StripeHandlerStats')
export class HandlerStatsView implements HandlerStats {
  @ApiField({ type: 'string' })
  handler!: string;

  @ApiField({ ...COUNT, description: 'Events it was called for.' })
  runs!: number;

  @ApiField({ ...COUNT, description: 'Calls, the repeated ones included.' })
  attempts!: number;

  @ApiField({ ...COUNT, description: 'Events whose latest call failed.' })
  failures!: number;

  @ApiField(DURATION)
  p50Ms!: number | null;

  @ApiField(DURATION)
  p95Ms!: number | null;
}

/** How the ledger does. */
@ApiSchema('StripeStats')
export class StatsView {
  @ApiField({ type: 'string', example: '24h' })
  window!: string;

  @ApiField({ ...MOMENT, description: 'When what is counted begins.' })
  from!: string | null;

  @ApiField(MOMENT)
  to!: string | null;

  @ApiField({ type: 'boolean', description: 'False where the window has more than 50,000 events: the latest count.' })
  complete!: boolean;

  @ApiField({
    type: () => StatusCountsView,
    description: `Events received in the window: ${EVENT_STATUSES.join(', ')}.`,
  })
  byStatus!: Record<EventStatus, number>;

  @ApiField({ type: () => KindCountView, isArray: true, description: 'The 50 most frequent types.' })
  byKind!: readonly KindCount[];

  @ApiField({ ...COUNT, description: 'Events of all other types.' })
  otherKinds!: number;

  @ApiField({ ...COUNT, description: 'How long each stretch of overTime is.' })
  bucketMs!: number;

  @ApiField({ type: () => TimeBucketView, isArray: true, description: 'At most 120 stretches, without gaps.' })
  overTime!: TimeBucketView[];

  @ApiField({ ...COUNT, nullable: true, description: 'How long the longest waiting event has been due.' })
  oldestDueAgeMs!: number | null;

  @ApiField({ type: () => HandlerStatsView, isArray: true })
  handlers!: readonly HandlerStats[];
}

/** What is shown of the statistics. */
export function statsView(window: string, stats: EventStats): StatsView {
  return {
    window,
    ...stats,
    from: moment(stats.from),
    to: moment(stats.to),
    overTime: stats.overTime.map(bucketView),
  };
}

function bucketView({ from, ...counts }: TimeBucket): TimeBucketView {
  return { from: moment(from), ...counts };
}
