import type { LedgerDatabase, Row, Statement, UnitOfWork } from '../../src/database';

/** The same database, noting the statements that go to it. */
export function counting(database: LedgerDatabase): { database: LedgerDatabase; statements: string[] } {
  const statements: string[] = [];
  const counted = Object.create(database) as LedgerDatabase;
  counted.run = <T>(unit: UnitOfWork<T>, timeoutMs?: number): Promise<T> =>
    database.run({ single: unit.single, steps: () => noted(unit.steps(), statements) }, timeoutMs);
  return { database: counted, statements };
}

function* noted<T>(steps: Generator<Statement, T, Row[]>, statements: string[]): Generator<Statement, T, Row[]> {
  let step = steps.next();
  while (step.done !== true) {
    statements.push(step.value.sql);
    step = steps.next(yield step.value);
  }
  return step.value;
}
