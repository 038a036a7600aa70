import { toDate } from './column-types';
import type { Row } from './unit-of-work';

type ColumnKind = 'text' | 'integer' | 'boolean' | 'moment' | 'json';

/** How each stored property of an entity is written: its column and what kind of value it holds. */
export type StoredColumns<Property extends string> = Record<Property, readonly [column: string, kind: ColumnKind]>;

const READERS: Record<ColumnKind, (value: unknown) => unknown> = {
  text: (value) => value,
  integer: Number,
  boolean: Boolean,
  moment: toDate,
  json: (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value),
};

/** Makes entities of rows, whichever driver returned them. */
export function rowReader<Entity extends object>(
  make: new () => Entity,
  columns: StoredColumns<Extract<keyof Entity, string>> | Partial<StoredColumns<Extract<keyof Entity, string>>>,
): (row: Row) => Entity {
  const stored = Object.entries(columns as StoredColumns<string>).map(
    ([property, [column, kind]]) => [property, column, READERS[kind]] as const,
  );
  return (row) => {
    // Property by property, in one order: all entities have one shape, which a spread or Object.assign() would not keep.
    const entity = new make() as Record<string, unknown>;
    for (const [property, column, read] of stored) {
      const value = row[column];
      entity[property] = value === null || value === undefined ? null : read(value);
    }
    return entity as Entity;
  };
}
