import 'reflect-metadata';
import { drainPostgresBare, drainSqliteBare } from './bare.worker';
import { drainWithModule } from './module.worker';

/** Drains one backlog, in a process of its own: `worker.js <kind> <postgres|sqlite> <url or file> <events>`. */
async function main([kind, family, address = '', count]: string[]): Promise<void> {
  const drained =
    kind === 'module'
      ? await drainWithModule(
          family === 'sqlite'
            ? { type: 'better-sqlite3', database: address, enableWAL: true }
            : { type: 'postgres', url: address },
          Number(count),
        )
      : family === 'sqlite'
        ? drainSqliteBare(address, { whole: kind === 'whole' })
        : await drainPostgresBare(address, { whole: kind === 'whole' });
  process.send?.(drained);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
