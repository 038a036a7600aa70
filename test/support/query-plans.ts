import type { LedgerDatabase, Row, Statement, UnitOfWork } from '../../src/database';

/** The same database, keeping the statements that go to it with their parameters. */
export function recording(database: LedgerDatabase): { database: LedgerDatabase; statements: Statement[] } {
  const statements: Statement[] = [];
  const recorded = Object.create(database) as LedgerDatabase;
  recorded.run = <T>(unit: UnitOfWork<T>, timeoutMs?: number): Promise<T> =>
    database.run({ single: unit.single, steps: () => kept(unit.steps(), statements) }, timeoutMs);
  return { database: recorded, statements };
}

function* kept<T>(steps: Generator<Statement, T, Row[]>, statements: Statement[]): Generator<Statement, T, Row[]> {
  let step = steps.next();
  while (step.done !== true) {
    statements.push(step.value);
    step = steps.next(yield step.value);
  }
  return step.value;
}

/** How the database would do this now, in its own words, one step a line. */
export async function planOf(database: LedgerDatabase, { sql, params }: Statement): Promise<string> {
  switch (database.dialect.family) {
    case 'postgres': {
      const rows = await database.query(`EXPLAIN (COSTS OFF) ${sql}`, params);
      return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    }
    case 'sqlite': {
      const rows = await database.query(`EXPLAIN QUERY PLAN ${sql}`, params);
      return rows.map(({ detail }) => String(detail)).join('\n');
    }
    case 'mysql': {
      const rows = await database.query(`EXPLAIN ${sql}`, params);
      return rows
        .map(
          ({ table, type, key, rows: some, Extra: extra }) =>
            `${String(table)} ${String(type)} key=${String(key)} rows=${String(some)} ${String(extra)}`,
        ) // prettier-ignore
        .join('\n');
    }
  }
}

/** Tells the planner how the table looks, where it is not told by itself. */
export async function analyze(database: LedgerDatabase, table: string): Promise<void> {
  const statement = { postgres: 'ANALYZE', mysql: 'ANALYZE TABLE', sqlite: undefined }[database.dialect.family];
  if (statement !== undefined) {
    await database.query(`${statement} ${table}`);
  }
}
