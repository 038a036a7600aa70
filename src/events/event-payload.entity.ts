import { Column, Entity, PrimaryColumn } from 'typeorm';
import { textColumn } from '../database';

/**
 * The body of an event as it was received, apart from the row that is claimed and rewritten.
 *
 * Text, not JSON: JSON columns refuse or change bodies that Stripe may send (`\u0000`, lone surrogates, numbers beyond
 * 2^53, deep nesting).
 */
@Entity('stripe_event_payload')
export class EventPayloadEntity {
  /** The row id of the event. */
  @PrimaryColumn(textColumn('event_id', 26))
  eventId!: string;

  /** The place of this piece in the body. Only MySQL cuts a body up: its portable text type holds 65,535 bytes. */
  @PrimaryColumn({ type: 'int' })
  part!: number;

  /** `utf8`: the body's text. `base64`: bytes that are not text, which only an unusable event can have. */
  @Column(textColumn('encoding', 8))
  encoding!: 'utf8' | 'base64';

  /** The piece itself. */
  @Column({ type: 'text' })
  body!: string;
}
