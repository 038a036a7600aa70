import type { Dialect, LedgerDatabase } from '../database';
import { isText } from './condition';
import { SEARCHED } from './event-conditions';
import { EventEntity } from './event.entity';
import type { Lookups } from './list-search';

/** Stripe has some 250 types of events. More cannot be asked for one by one. */
const MOST_KINDS = 400;

/** Answers from indexes alone. */
export class ListLookups implements Lookups {
  constructor(private readonly database: LedgerDatabase) {}

  get dialect(): Dialect {
    return this.database.dialect;
  }

  async columnsWith(text: string): Promise<readonly string[]> {
    const conditions = SEARCHED.map((column) => ({ column, ...isText(column, text) }));
    const asked = conditions.map(
      ({ column, sql }) =>
        `(SELECT COUNT(*) FROM (SELECT id FROM ${this.events} WHERE ${sql} LIMIT 1) AS first_one) AS ${column}`,
    );
    const params = conditions.flatMap((condition) => condition.params);
    const [row] = await this.database.query(`SELECT ${asked.join(',\n ')}`, params);
    return SEARCHED.filter((column) => Number(row?.[column]) > 0);
  }

  /** One look into the index for each type there is, from one to the next, however many events are of it. */
  async kindsOf(family: string): Promise<readonly string[] | null> {
    const next = `(SELECT MIN(kind) FROM ${this.events} WHERE kind > known.kind)`;
    const rows = await this.database.query(
      `WITH RECURSIVE known (kind, place) AS (SELECT MIN(kind), 1 FROM ${this.events}
 UNION ALL SELECT ${next}, place + 1 FROM known WHERE known.kind IS NOT NULL AND place < ${MOST_KINDS})
 SELECT kind FROM known WHERE kind IS NOT NULL`,
    );
    const kinds = rows.map(({ kind }) => String(kind));
    return kinds.length === MOST_KINDS ? null : kinds.filter((kind) => kind.startsWith(family));
  }

  private get events(): string {
    return this.database.table(EventEntity);
  }
}
