import type { DatabaseKind, TestDatabase, TestDataSourceOptions } from './databases';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';

const PORTS = { postgres: 5432, mysql: 3306, sqlite: 0 };

/** A database that several applications of one test use; it is the test's to drop. */
export interface SharedDatabase {
  readonly kind: DatabaseKind;
  readonly database: TestDatabase;
}

/** One database, handed to whoever asks for one. */
export async function sharedDatabase(kind: DatabaseKind): Promise<SharedDatabase> {
  const database = await kind.create();
  const lent = { ...database, drop: () => Promise.resolve() };
  return { database, kind: { ...kind, create: () => Promise.resolve(lent) } };
}

/** The same kind of database, reached with other options of TypeORM. */
export function withOptions(kind: DatabaseKind, options: object): DatabaseKind {
  return {
    ...kind,
    create: async () => {
      const database = await kind.create();
      const dataSourceOptions = (): TestDataSourceOptions => ({ ...database.dataSourceOptions(), ...options });
      return { ...database, dataSourceOptions };
    },
  };
}

/** A database server's database behind a network that can fail, and the way round it. */
export interface ProxiedDatabase extends SharedDatabase {
  readonly proxy: TcpProxy;
}

/** Puts a proxy before a database of its own; `kind` leads through it, `database` does not. */
export async function behindProxy(kind: DatabaseKind): Promise<ProxiedDatabase> {
  const { database, kind: shared } = await sharedDatabase(kind);
  const { host = '127.0.0.1', port = PORTS[kind.family] } = database.dataSourceOptions() as ServerAddress;
  const proxy = await startTcpProxy({ host, port });
  const drop = async (): Promise<void> => {
    await proxy.close();
    await database.drop();
  };
  return { kind: withOptions(shared, { host: '127.0.0.1', port: proxy.port }), database: { ...database, drop }, proxy };
}

interface ServerAddress {
  readonly host?: string;
  readonly port?: number;
}

/** The database `postgres` of a server of the test's own. */
export function postgresAt(url: string): DatabaseKind {
  const database: TestDatabase = {
    url,
    dataSourceOptions: () => ({ type: 'postgres', url }),
    drop: () => Promise.resolve(),
  };
  return { name: 'postgres of its own', family: 'postgres', create: () => Promise.resolve(database) };
}
