import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STRIPE_ENTITIES } from 'nestjs-stripe-events';
import { DataSource, type EntityMetadata } from 'typeorm';
import { readDocument, sectionsOf, type Section } from '../docs/markdown';

const sections = sectionsOf(readDocument('docs/reference/database.md'), 3);
/** TypeORM's words for what the page calls by the names that SQL has. */
const TYPES: Readonly<Record<string, string>> = { int: 'integer', 'simple-json': 'text' };

let dataSource: DataSource;

beforeAll(async () => {
  const entities = [...STRIPE_ENTITIES];
  dataSource = await new DataSource({ type: 'better-sqlite3', database: ':memory:', entities }).initialize();
});
afterAll(() => dataSource.destroy());

describe('the tables', () => {
  it('are the headings of their page', () => {
    const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName);

    expect(sections.map(({ heading }) => heading.text).sort()).toEqual(tables.sort());
  });

  it.each(STRIPE_ENTITIES.map((entity) => ({ entity, name: entity.name })))(
    'of $name has the columns that are documented, and no others',
    ({ entity }) => {
      const metadata = dataSource.getMetadata(entity);

      expect(rowsOf(sectionOf(metadata), 'column').map((row) => row.slice(0, 3))).toEqual(columnsOf(metadata));
    },
  );

  it.each(STRIPE_ENTITIES.map((entity) => ({ entity, name: entity.name })))(
    'of $name has the indexes that are documented, and no others',
    ({ entity }) => {
      const metadata = dataSource.getMetadata(entity);

      const documented = rowsOf(sectionOf(metadata), 'index').map((row) => row.slice(0, 3));

      expect(documented.sort(byName)).toEqual(indexesOf(metadata).sort(byName));
    },
  );
});

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}

function sectionOf({ tableName }: EntityMetadata): Section | undefined {
  return sections.find(({ heading }) => heading.text === tableName);
}

function rowsOf(section: Section | undefined, first: string): readonly (readonly string[])[] {
  return section?.tables.find(({ header }) => header[0] === first)?.rows ?? [];
}

function columnsOf({ columns }: EntityMetadata): string[][] {
  return columns.map(({ databaseName, type, length, isNullable }) => {
    const name = TYPES[String(type)] ?? String(type);
    return [databaseName, length === '' ? name : `${name}(${length})`, isNullable ? 'yes' : ''];
  });
}

/** The primary key is an index as well. */
function indexesOf({ primaryColumns, indices }: EntityMetadata): string[][] {
  const key = ['primary key', primaryColumns.map(({ databaseName }) => databaseName).join(', '), ''];
  const others = indices.map(({ name, columns, isUnique, where }) => [
    name,
    columns.map(({ databaseName }) => databaseName).join(', '),
    [isUnique ? 'unique' : '', where ?? ''].filter((part) => part !== '').join(', '),
  ]);
  return [key, ...others];
}
