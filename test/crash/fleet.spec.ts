import { describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import { waitUntil } from '../support/wait-until';

const scenes = crashScenes();
const TYPES = ['charge.succeeded', 'payout.paid', 'refund.created'];

describe('two workers and a process that only receives', () => {
  // All at the same time: a worker looks for events of workers that vanished only every so often.
  it('one worker is killed: the other one takes over its events', async () => {
    await Promise.all(
      crashDatabases.map(async (kind) => {
        await oneWorkerIsKilled(await scenes.open(kind));
      }),
    );
  });
});

async function oneWorkerIsKilled(scene: CrashScene): Promise<void> {
  const web = await scene.start({ processing: false });
  const events = Array.from({ length: 30 }, (_, index) => buildEvent({ type: TYPES[index % TYPES.length]! }));
  const ids = events.map(({ id }) => String(id));

  const victim = await scene.start({ receives: false, stops: [{ at: 'plain end', and: 'wait' }] });
  await web.deliver(events[0]);
  await victim.waitsAt('plain end');
  await scene.start({ receives: false });
  for (const [index, event] of events.entries()) {
    expect(await web.deliver(event)).toEqual({ status: 200, body: { received: true, duplicate: index === 0 } });
    if (index === events.length / 2) {
      expect(await victim.kill()).toMatchObject({ signal: 'SIGKILL' });
    }
  }

  await waitUntil('every event is settled', () => scene.isSettled(), 60_000);
  const stored = await scene.query('SELECT stripe_id, status FROM stripe_event');
  expect(stored).toHaveLength(ids.length);
  expect(stored).toEqual(expect.arrayContaining(ids.map((id) => ({ stripe_id: id, status: 'succeeded' }))));
  expect(await scene.find(ids[0]!)).toMatchObject({ attempts: 2, lost: 1 });
}
