import type { DataSource } from 'typeorm';
import type { ServerDriver } from './server-connection';
import type { Row, Statement } from './unit-of-work';

interface MysqlConnection {
  promise(): MysqlConnection & {
    query(sql: string): Promise<[unknown, unknown]>;
    execute(sql: string, params: unknown[]): Promise<[unknown, unknown]>;
  };
  readonly stream: { destroy(): void };
}

/** Of `mysql2`: https://sidorares.github.io/node-mysql2/docs/examples/connections/create-pool. */
const DEFAULT_POOL_SIZE = 10;

/** Talks to `mysql2`'s connection. */
export class MysqlDriver implements ServerDriver {
  // Gap locks of the default level make workers deadlock that pick neighbouring rows.
  readonly begin = ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'];

  async query(connection: unknown, { sql, params }: Statement): Promise<Row[]> {
    const client = (connection as MysqlConnection).promise();
    // Parameters travel apart from the text: escaping them into it is unsafe under NO_BACKSLASH_ESCAPES.
    const [rows] = params.length === 0 ? await client.query(sql) : await client.execute(sql, [...params]);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  }

  destroy(connection: unknown): void {
    // The connection's own destroy() waits for the server to hang up, and leaves its statement without an end until then.
    (connection as MysqlConnection).stream.destroy();
  }

  cancel(): void {
    // MySQL looks after its sockets also while a statement waits.
  }

  /** A cluster of pools, for replication, does not say it: there the options do. */
  poolSize({ driver, options }: DataSource): number {
    const { pool } = driver as { pool?: { config?: { connectionLimit?: number } } };
    const { extra } = options as { extra?: { connectionLimit?: number } };
    return pool?.config?.connectionLimit ?? extra?.connectionLimit ?? options.poolSize ?? DEFAULT_POOL_SIZE;
  }

  endStaleAttempts(): void {
    // mysql2 gives an attempt to connect ten seconds, unless it is told otherwise.
  }
}
