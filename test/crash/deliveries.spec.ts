import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';

const scenes = crashScenes();

describe.each(crashDatabases)('a process that is killed while it takes in a delivery, on $name', (kind) => {
  let scene: CrashScene;
  beforeEach(async () => {
    scene = await scenes.open(kind);
  });

  const event = buildEvent({ type: 'charge.succeeded' });
  const id = String(event.id);

  it('before the commit: nothing is stored or answered, and the redelivery is new', async () => {
    const victim = await scene.start({ stops: [{ at: 'delivery committing', and: 'die' }] });
    expect(await victim.deliver(event)).toBeNull();
    expect(await victim.end()).toMatchObject({ signal: 'SIGKILL' });
    expect(await scene.find(id)).toBeNull();

    const next = await scene.start();
    expect(await next.deliver(event)).toEqual({ status: 200, body: { received: true, duplicate: false } });
    expect(await scene.becomes(id, 'succeeded')).toMatchObject({ attempts: 1, lost: 0 });
    expect(scene.effects(id)).toHaveLength(1);
  });

  it('after the commit, before the answer: it is stored, and the redelivery is a duplicate', async () => {
    const victim = await scene.start({ stops: [{ at: 'delivery committed', and: 'die' }] });
    expect(await victim.deliver(event)).toBeNull();
    expect(await victim.end()).toMatchObject({ signal: 'SIGKILL' });
    expect(await scene.find(id)).toMatchObject({ status: 'pending', attempts: 0 });

    const next = await scene.start();
    expect(await next.deliver(event)).toEqual({ status: 200, body: { received: true, duplicate: true } });
    expect(await scene.becomes(id, 'succeeded')).toMatchObject({ attempts: 1, lost: 0 });
    expect(scene.effects(id)).toHaveLength(1);
  });

  // SQLite commits within the process: there is no such moment.
  if (kind.family !== 'sqlite') {
    it('while the server commits: the redelivery finds out', async () => {
      const victim = await scene.start({ stops: [{ at: 'delivery sent', and: 'die' }] });
      expect(await victim.deliver(event)).toBeNull();
      expect(await victim.end()).toMatchObject({ signal: 'SIGKILL' });

      const next = await scene.start();
      expect(await next.deliver(event)).toMatchObject({ status: 200, body: { received: true } });
      expect(await scene.becomes(id, 'succeeded')).toMatchObject({ attempts: 1, lost: 0 });
      expect(await scene.query('SELECT stripe_id FROM stripe_event')).toEqual([{ stripe_id: id }]);
      expect(scene.effects(id)).toHaveLength(1);
    });
  }
});
