import type { DataSource } from 'typeorm';
import type { SchemaProblem } from './dialect';
import type { Row } from './unit-of-work';

const BY_MIGRATIONS = 'Make the tables with STRIPE_MIGRATIONS instead of synchronize.';

/** MySQL compares text as the column says, and changes what neither column nor connection has a character for. */
export async function schemaProblem(dataSource: DataSource, table: string): Promise<SchemaProblem | null> {
  const [session] = await dataSource.query<Row[]>('SELECT @@character_set_client AS charset');
  if (session?.charset !== 'utf8mb4') {
    const problem = `the data source's connections speak ${String(session?.charset)}, in which emoji and more are lost`;
    return { problem, wayOut: "Set charset: 'utf8mb4' in the options of the data source." };
  }
  const ids = await columnOf(dataSource, table, 'stripe_id');
  if (!String(ids?.collation).endsWith('_bin')) {
    const problem = `its ids are compared with ${String(ids?.collation)}, which takes ids that differ in case for one`;
    return { problem, wayOut: BY_MIGRATIONS };
  }
  const bodies = await columnOf(dataSource, `${table}_payload`, 'body');
  return bodies?.charset === 'utf8mb4'
    ? null
    : { problem: `its bodies are kept in ${String(bodies?.charset)}, which has no emoji`, wayOut: BY_MIGRATIONS };
}

async function columnOf(dataSource: DataSource, table: string, column: string): Promise<Row | undefined> {
  const [row] = await dataSource.query<Row[]>(
    `SELECT COLLATION_NAME AS collation, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS
 WHERE TABLE_NAME = ? AND COLUMN_NAME = ? ORDER BY TABLE_SCHEMA = DATABASE() DESC`,
    [table, column],
  );
  return row;
}
