import type { DataSource } from 'typeorm';
import type { SchemaProblem, TableTexts } from './dialect';
import { placeholders, type Row } from './unit-of-work';

const BY_MIGRATIONS = 'Make the tables with STRIPE_MIGRATIONS instead of synchronize.';

/** MySQL compares text as the column says, and changes what neither column nor connection has a character for. */
export async function schemaProblem(dataSource: DataSource, table: TableTexts): Promise<SchemaProblem | null> {
  const [session] = await dataSource.query<Row[]>('SELECT @@character_set_client AS charset');
  if (session?.charset !== 'utf8mb4') {
    const problem = `the data source's connections speak ${String(session?.charset)}, in which emoji and more are lost`;
    return { problem, wayOut: "Set charset: 'utf8mb4' in the options of the data source." };
  }
  const columns = await columnsOf(dataSource, table);
  const folding = columns.find(({ name, collation }) => table.ids.includes(name) && !collation.endsWith('_bin'));
  if (folding !== undefined) {
    const problem = `its ids are compared with ${folding.collation}, which takes ids that differ in case for one`;
    return { problem, wayOut: BY_MIGRATIONS };
  }
  const poor = columns.find(({ name, charset }) => table.texts.includes(name) && charset !== 'utf8mb4');
  return poor === undefined
    ? null
    : { problem: `its texts (${poor.name}) are kept in ${poor.charset}, which has no emoji`, wayOut: BY_MIGRATIONS };
}

interface TextColumn {
  readonly name: string;
  readonly collation: string;
  readonly charset: string;
}

async function columnsOf(dataSource: DataSource, { path, ids, texts }: TableTexts): Promise<TextColumn[]> {
  const [table, schema] = path.split('.').reverse();
  const names = [...ids, ...texts];
  const rows = await dataSource.query<Row[]>(
    `SELECT COLUMN_NAME AS name, COLLATION_NAME AS collation, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND COLUMN_NAME IN (${placeholders(names.length)})`,
    [schema ?? null, table, ...names],
  );
  return rows.map(({ name, collation, charset }) => ({
    name: String(name),
    collation: String(collation),
    charset: String(charset),
  }));
}
