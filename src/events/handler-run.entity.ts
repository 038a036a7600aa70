import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { momentColumn, textColumn } from '../database';
import type { EarlierAttempt } from './earlier-attempt';
import type { RunStatus } from './event-status';

/** One handler on one event: a handler that succeeded is not run again for that event, unless it is replayed. */
@Entity('stripe_event_handler_run')
@Index('idx_stripe_event_handler_run_finished', ['finishedAt'])
export class HandlerRunEntity {
  /** The row id of the event. */
  @PrimaryColumn(textColumn('event_id', 26))
  eventId!: string;

  /** The event's `replayNo` when the handler was called; only runs of the latest replay count. */
  @PrimaryColumn({ name: 'replay_no', type: 'int', default: 0 })
  replayNo!: number;

  /** The id of the handler. */
  @PrimaryColumn(textColumn('handler', 191))
  handler!: string;

  /** How the latest attempt ended; `dead` is not tried again. */
  @Column(textColumn('status', 12))
  status!: RunStatus;

  /** How often the handler was called for this event. */
  @Column({ type: 'int' })
  attempts!: number;

  /** When the latest attempt began. */
  @Column(momentColumn('started_at'))
  startedAt!: Date;

  /** When the latest attempt ended. */
  @Column(momentColumn('finished_at'))
  finishedAt!: Date;

  /** How long the latest attempt took, in milliseconds. */
  @Column({ name: 'duration_ms', type: 'int' })
  durationMs!: number;

  /** What the latest failure said, without secrets, at most 2,000 characters. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** The attempts before the latest one, oldest first: the last 20. Null where it is the first. */
  @Column({ type: 'simple-json', nullable: true })
  earlier!: readonly EarlierAttempt[] | null;
}
