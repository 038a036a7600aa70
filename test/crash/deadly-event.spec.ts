import { describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { Ending } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import { waitUntil } from '../support/wait-until';

const scenes = crashScenes();

describe.each(crashDatabases)('an event that takes its process down each time, on $name', (kind) => {
  it('is dead after five processes, and the events beside it are handled', async () => {
    const scene = await scenes.open(kind);
    const deadly = buildEvent({ type: 'charge.dispute.created' });
    const others = [1, 2, 3].map(() => buildEvent({ type: 'charge.succeeded' }));
    // Before there is a worker, so that the first one claims all of them together.
    const web = await scene.start({ processing: false });
    for (const event of [deadly, ...others]) {
      expect(await web.deliver(event)).toMatchObject({ status: 200 });
    }

    const endings = await restartUntilSettled(scene);

    expect(endings).toEqual(Array.from({ length: 5 }, () => ({ code: null, signal: 'SIGABRT' })));
    expect(await scene.find(String(deadly.id))).toMatchObject({
      status: 'dead',
      attempts: 5,
      lost: 5,
      lastError: expect.stringContaining('vanished'),
    });
    for (const { id } of others) {
      const event = await scene.find(String(id));
      expect(event?.status).toBe('succeeded');
      // It was there when the worker went down, and set apart after the second time.
      expect(event?.lost).toBe(2);
      expect(scene.effects(String(id))).not.toEqual([]);
    }
  });
});

/** Starts a worker again and again, as whatever supervises a process does, while the time passes from one due event to the next. */
async function restartUntilSettled(scene: CrashScene): Promise<Ending[]> {
  const endings: Ending[] = [];
  let worker = await scene.start();
  await waitUntil(
    'every event is settled',
    async () => {
      if (worker.ended) {
        endings.push(await worker.end());
        await scene.leasesEnd();
        worker = await scene.start();
      }
      return scene.passTime();
    },
    60_000,
  );
  return endings;
}
