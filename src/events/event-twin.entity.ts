import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { textColumn } from '../database';
import { DEFAULT_ENDPOINT } from './event-status';

/**
 * A fact that a thin event and a snapshot event both tell of, and which of the two is handled for it. Written only where
 * the application does not want both handled.
 */
@Entity('stripe_event_twin')
@Index('idx_stripe_event_twin_event', ['eventId'])
export class EventTwinEntity {
  /** The trust domain of both. */
  @PrimaryColumn({ ...textColumn('endpoint', 64), default: DEFAULT_ENDPOINT })
  endpoint!: string;

  /** Stripe's id of the snapshot event. */
  @PrimaryColumn(textColumn('snapshot_id'))
  snapshotId!: string;

  /** The type of the snapshot event. */
  @PrimaryColumn(textColumn('kind'))
  kind!: string;

  /** The row id of the event that was there first. */
  @Column(textColumn('event_id', 26))
  eventId!: string;
}
