import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { CrashProcess } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';

const scenes = crashScenes();
const TABLES = ['stripe_event', 'stripe_event_payload', 'stripe_event_handler_run', 'stripe_customer'];

describe.each(crashDatabases)('migrations, on $name', (kind) => {
  let scene: CrashScene;
  beforeEach(async () => {
    scene = await scenes.open(kind, false);
  });

  /** Whether the process takes events, and has them handled by whoever is there. */
  async function works(process: CrashProcess): Promise<void> {
    const event = buildEvent({ type: 'payout.paid' });
    expect(await process.deliver(event)).toMatchObject({ status: 200 });
    await scene.becomes(String(event.id), 'succeeded');
    expect(await scene.written(String(event.id))).toBe(1);
  }

  it('four processes start at the same time on an empty database: all of them come up', async () => {
    await scenes.load(4);
    const started = await Promise.all([1, 2, 3, 4].map(() => scene.start({ migrationsRun: true })));
    for (const process of started) {
      await works(process);
    }
    expect(await scene.database.dataSource.showMigrations()).toBe(false);
  });

  it('a process is killed in the middle: the next one makes what is missing', async () => {
    const settings = { migrationsRun: true, stops: [{ at: 'migration begun', and: 'die' }] } as const;
    await expect(scene.start(settings)).rejects.toThrow('SIGKILL');
    await works(await scene.start({ migrationsRun: true }));
    expect(await scene.database.dataSource.showMigrations()).toBe(false);
  });

  it('undoing them ended in the middle: the next time drops what is left', async () => {
    const { dataSource } = scene.database;
    await dataSource.runMigrations();
    // The table that goes first.
    await dataSource.query('DROP TABLE stripe_customer');
    await dataSource.undoLastMigration();
    const runner = dataSource.createQueryRunner();
    for (const table of TABLES) {
      expect(await runner.hasTable(table)).toBe(false);
    }
    await runner.release();
    await works(await scene.start({ migrationsRun: true }));
  });
});
