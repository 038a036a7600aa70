import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { faultCode } from './fault';
import { cancelStatement, type PostgresBackend } from './postgres-cancel';
import type { ServerDriver } from './server-connection';
import type { Row, Statement } from './unit-of-work';

interface ErrorSource {
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

interface PostgresClient extends PostgresBackend, ErrorSource {
  query(config: { text: string; values: unknown[]; name?: string }): Promise<{ rows: Row[] }>;
  readonly connection?: { readonly stream?: { destroy(): void } };
  readonly _connecting?: boolean;
}

interface PostgresPool {
  on?(event: 'connect', listener: (client: ErrorSource) => void): unknown;
  readonly options?: { readonly max?: number };
  readonly _clients?: readonly PostgresClient[];
}

/** More texts than this are not kept: the batches of recording have as many texts as sizes. */
const MOST_TEXTS = 1_000;
const LONGEST_ATTEMPT_MS = 5_000;
/** Of `pg`: https://node-postgres.com/apis/pool. */
const DEFAULT_POOL_SIZE = 10;

/** Talks to `pg`'s client. */
export class PostgresDriver implements ServerDriver {
  // Each statement has to see what was committed before it, whatever level the application has made its default.
  readonly begin = ['BEGIN ISOLATION LEVEL READ COMMITTED'];
  private readonly texts = new Map<string, { text: string; name: string }>();
  private readonly attempts = new WeakMap<PostgresClient, number>();
  private namesWork = true;

  /** @param longestAttemptMs an attempt to connect that takes longer, while others wait in vain, has no answer coming */
  constructor(private readonly longestAttemptMs = LONGEST_ATTEMPT_MS) {}

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

  cancel(connection: unknown): void {
    cancelStatement(connection as PostgresClient);
  }

  poolSize({ driver }: DataSource): number {
    const { master } = driver as { master?: PostgresPool };
    return master?.options?.max ?? DEFAULT_POOL_SIZE;
  }

  /**
   * Gives every client a listener of its own. Between the pool's taking its listener off and TypeORM's adding one,
   * nobody listens: a server that stops just then would end the process with an unhandled 'error'. Nothing is missed, as
   * the statement that is under way on the client, or the next one, fails with the same error.
   */
  hearErrors({ driver }: DataSource): void {
    const { master } = driver as { master?: PostgresPool };
    const hear = (client: ErrorSource): void => {
      client.on('error', () => undefined);
    };
    master?._clients?.forEach(hear);
    master?.on?.('connect', hear);
  }

  /** Without `connectTimeoutMS`, pg waits for ever for a server that has taken the connection and says nothing. */
  endStaleAttempts({ driver }: DataSource): void {
    const { master } = driver as { master?: PostgresPool };
    const now = performance.now();
    for (const client of master?._clients?.filter(({ _connecting }) => _connecting) ?? []) {
      const firstSeen = this.attempts.get(client) ?? now;
      this.attempts.set(client, firstSeen);
      if (now - firstSeen >= this.longestAttemptMs) {
        this.destroy(client);
      }
    }
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
