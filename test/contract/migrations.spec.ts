import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { EventEntity, stripeEntities, stripeMigrations } from 'nestjs-stripe-events';
import { databases, type TestDatabase } from '../support/databases';

const NAMES = [
  { title: 'own names', tables: {} },
  { title: 'a prefix', tables: { prefix: 'billing_' } },
];

describe.each(databases)('the migrations on $name', (kind) => {
  describe.each(NAMES)('with $title', ({ tables }) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeEach(async () => {
      database = await kind.create();
      const known = { entities: stripeEntities(tables), migrations: stripeMigrations(tables) };
      dataSource = await new DataSource({ ...database.dataSourceOptions(), ...known }).initialize();
      await dataSource.runMigrations();
    });
    afterEach(async () => {
      await dataSource.destroy();
      await database.drop();
    });

    it('leave nothing for the schema builder to change', async () => {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();

      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('make the tables that the entities mean', async () => {
      expect(await dataSource.getRepository(EventEntity).count()).toBe(0);
    });

    it('can be taken back', async () => {
      await dataSource.undoLastMigration();

      await expect(dataSource.getRepository(EventEntity).count()).rejects.toThrow();
    });
  });
});
