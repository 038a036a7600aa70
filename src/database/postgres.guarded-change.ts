import { heldRows, overwritten, type GuardedChange, type GuardedRow, type ValueType } from './guarded-change';
import type { UnitOfWork } from './unit-of-work';

/**
 * One statement and so one round trip, whatever the rows: they travel as arrays, so that there is one text for all sizes.
 *
 * The rows are locked in one order everywhere before they change, so that two statements cannot wait for each other.
 * Not prepared: a plan that was kept from when the table was empty would read the table from end to end.
 */
export function changeGuarded(change: GuardedChange): UnitOfWork<ReadonlySet<GuardedRow>> {
  const { rows } = change;
  const changed = rows.filter(({ values }) => values !== null);
  const params = [
    ...columnsOf(rows.map(({ id, version }) => [id, version]), 2), // prettier-ignore
    ...columnsOf(changed.map(({ id, version, values }) => [id, version, ...(values ?? [])]), change.changes.length + 2), // prettier-ignore
    ...childParams(change),
  ];
  const sql = `WITH ${[held(change), changedRows(change), ...childRows(change)].join(',\n ')}\n SELECT id, version FROM held`;
  return {
    single: true,
    *steps() {
      return heldRows(rows, yield { sql, params });
    },
  };
}

/** The condition is asked of the rows that were found by their ids: as a part of the search it could choose an index. */
function held({ table, condition, versionColumn }: GuardedChange): string {
  return `locked AS MATERIALIZED (SELECT target.id, target.${versionColumn} AS version, (${condition}) AS stands FROM ${table} AS target
 JOIN ${unnest(['text', 'integer'])} AS wanted (id, version) ON target.id = wanted.id AND target.${versionColumn} = wanted.version
 ORDER BY target.id FOR UPDATE OF target),
 held AS MATERIALIZED (SELECT id, version FROM locked WHERE stands)`;
}

function changedRows({ table, changes }: GuardedChange): string {
  const set = changes.map(({ sql }, index) => sql.replace('?', `own.value_${index}`)).join(', ');
  const names = changes.map((_, index) => `value_${index}`);
  return `changed AS (UPDATE ${table} AS target SET ${set}
 FROM ${unnest(['text', 'integer', ...changes.map(({ type }) => type)])} AS own (${['id', 'version', ...names].join(', ')})
 JOIN held ON held.id = own.id AND held.version = own.version WHERE target.id = own.id)`;
}

function childRows({ children }: GuardedChange): string[] {
  if (children === undefined) {
    return [];
  }
  const names = children.columns.map(({ name }) => name);
  const parent = names[0] ?? 'id';
  const changes = overwritten(children).map((name) => `${name} = excluded.${name}`);
  return [
    `kept AS (INSERT INTO ${children.table} (${names.join(', ')}) SELECT ${names.map((name) => `child.${name}`).join(', ')}
 FROM ${unnest(['integer', ...children.columns.map(({ type }) => type)])} AS child (${['version', ...names].join(', ')})
 JOIN held ON held.id = child.${parent} AND held.version = child.version
 ON CONFLICT (${children.key.join(', ')}) DO UPDATE SET ${changes.join(', ')})`,
  ];
}

function childParams({ rows, children }: GuardedChange): unknown[] {
  if (children === undefined) {
    return [];
  }
  const values = rows.flatMap((row) => row.children.map((child) => [row.version, ...child]));
  return columnsOf(values, children.columns.length + 1);
}

function unnest(types: readonly ValueType[]): string {
  return `unnest(${types.map((type) => `?::${type}[]`).join(', ')})`;
}

/** Rows as an array for each of their columns. */
function columnsOf(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}
