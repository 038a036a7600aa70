import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { databases, memoryDatabase } from './databases';

describe.each([memoryDatabase, ...databases])('the test database $name', ({ create }) => {
  it('answers a query through TypeORM, and is another one each time', async () => {
    const [one, other] = await Promise.all([create(), create()]);
    const source = await new DataSource(one.dataSourceOptions()).initialize();
    try {
      await source.query('CREATE TABLE note (body varchar(20))');
      await source.query(`INSERT INTO note VALUES ('mine')`);
      expect(await source.query('SELECT body FROM note')).toEqual([{ body: 'mine' }]);
      const elsewhere = await new DataSource(other.dataSourceOptions()).initialize();
      await expect(elsewhere.query('SELECT body FROM note')).rejects.toThrow();
      await elsewhere.destroy();
    } finally {
      await source.destroy();
      await Promise.all([one.drop(), other.drop()]);
    }
  });
});
