import { expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgresServer } from './embedded-postgres';

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement).finally(() => client.end());
  return rows;
}

it('a separate PostgreSQL is gone when stopped, and back with its data on the same port', async () => {
  const server = await startPostgresServer({ max_connections: '20' });
  try {
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await server.stop('immediate');
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(await query(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '20' }]);
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  } finally {
    await server.remove();
  }
});
