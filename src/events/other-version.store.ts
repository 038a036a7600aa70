import { SqlExpression, unitOfWork, valuesParams, valuesRow, type LedgerDatabase } from '../database';
import { INSERTED_COLUMNS, insertedValues, PAYLOAD_COLUMNS, payloadRows, type IdentifiedEvent } from './event-insert';
import { EventPayloadEntity } from './event-payload.entity';
import { EventEntity } from './event.entity';

/** What an event keeps, in whichever version it comes. */
const KEPT = new Set<string>(['id', 'endpoint', 'stripe_id', 'received_at']);

/**
 * While the API version of an endpoint is being changed, Stripe sends every event twice, in either version
 * (https://docs.stripe.com/webhooks/versioning). The one that came first and was ignored must not make a duplicate of
 * the one that counts.
 */
export class OtherVersionStore {
  constructor(private readonly database: LedgerDatabase) {}

  /**
   * Puts the event in the place of the one that is stored, if that was ignored for its API version, and makes it due.
   *
   * @returns whether it did
   */
  replace(event: IdentifiedEvent, timeoutMs: number): Promise<boolean> {
    const take = this.taking(event);
    const payload = this.database.table(EventPayloadEntity);
    const { dialect } = this.database;
    const unit = unitOfWork(function* () {
      const [stored] = yield* take.steps();
      if (stored === undefined) {
        return false;
      }
      const rows = payloadRows({ ...event, id: String(stored.id) }, dialect);
      yield { sql: `DELETE FROM ${payload} WHERE event_id = ?`, params: [stored.id] };
      yield {
        sql: `INSERT INTO ${payload} (${PAYLOAD_COLUMNS.join(', ')}) VALUES ${rows.map(valuesRow).join(', ')}`,
        params: valuesParams(rows),
      };
      return true;
    });
    return this.database.run(unit, timeoutMs);
  }

  private taking(event: IdentifiedEvent) {
    const { dialect } = this.database;
    const values = insertedValues(event, dialect);
    const changes = INSERTED_COLUMNS.map((column, index) => ({ column, value: values[index] })).filter(
      ({ column }) => !KEPT.has(column),
    );
    return dialect.takeRows({
      table: this.database.table(EventEntity),
      pick: `WHERE endpoint = ? AND stripe_id = ? AND status = 'ignored' AND ignored_reason = 'api-version' ORDER BY id`,
      pickParams: [event.event.endpoint, event.stripeId],
      limit: 1,
      set: changes
        .map(({ column, value }) => `${column} = ${value instanceof SqlExpression ? value.sql : '?'}`)
        .join(', '),
      setParams: changes.map(({ value }) => value).filter((value) => !(value instanceof SqlExpression)),
      returning: ['id'],
    });
  }
}
