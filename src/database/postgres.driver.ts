import { createHash } from 'node:crypto';
import { faultCode } from './fault';
import type { ServerDriver } from './server-connection';
import type { Row, Statement } from './unit-of-work';

interface PostgresClient {
  query(config: { text: string; values: unknown[]; name?: string }): Promise<{ rows: Row[] }>;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/** More texts than this are not kept: the batches of recording have as many texts as sizes. */
const MOST_TEXTS = 1_000;

/** Talks to `pg`'s client. */
export class PostgresDriver implements ServerDriver {
  readonly begin = ['BEGIN'];
  private readonly texts = new Map<string, { text: string; name: string }>();
  private namesWork = true;

  async query(connection: unknown, { sql, params, prepare }: Statement): Promise<Row[]> {
    const { text, name } = this.translated(sql);
    const named = prepare === true && this.namesWork ? { name } : {};
    try {
      const { rows } = await (connection as PostgresClient).query({ text, values: [...params], ...named });
      return rows;
    } catch (error) {
      this.learnFrom(error);
      throw error;
    }
  }

  destroy(connection: unknown): void {
    (connection as PostgresClient).connection?.stream?.destroy();
  }

  /** A pooler in transaction mode hands our statements to servers that never saw them prepared: go on without names. */
  private learnFrom(error: unknown): void {
    if (['26000', '42P05'].includes(faultCode(error))) {
      this.namesWork = false;
    }
  }

  private translated(sql: string): { text: string; name: string } {
    const known = this.texts.get(sql);
    if (known !== undefined) {
      return known;
    }
    let index = 0;
    const text = sql.replaceAll('?', () => `$${(index += 1)}`);
    // A name means one text on a connection, and several modules may share the pool.
    const translated = { text, name: `stripe_events_${createHash('sha256').update(text).digest('hex').slice(0, 32)}` };
    if (this.texts.size < MOST_TEXTS) {
      this.texts.set(sql, translated);
    }
    return translated;
  }
}
