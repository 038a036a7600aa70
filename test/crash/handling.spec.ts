import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { CrashProcess } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import type { Stop } from './process/protocol';

const scenes = crashScenes();
const EVERYWHERE = process.env['CRASH_EVERYWHERE'] !== undefined;

describe.each(crashDatabases)('a process that is killed while it handles an event, on $name', (kind) => {
  let scene: CrashScene;
  beforeEach(async () => {
    scene = await scenes.open(kind);
  });

  /** Has an event of this type handled by a process that is killed there. */
  async function killedAt(at: Stop['at'], type: string, time = 1): Promise<string> {
    const event = buildEvent({ type });
    const victim = await scene.start({ stops: [{ at, time, and: 'die' }] });
    await victim.deliver(event);
    expect(await victim.end()).toMatchObject({ signal: 'SIGKILL' });
    return String(event.id);
  }

  /** Another process, which comes when the lease of the first has ended. */
  async function another(): Promise<CrashProcess> {
    await scene.leasesEnd();
    return scene.start();
  }

  /** One event, handled by two workers in turn. */
  const TAKEN_OVER = { attempts: 2, lost: 1, lastError: null };

  // What commits nothing when it is killed is the same on every database.
  if (kind.family === 'postgres' || EVERYWHERE) {
    it('after the claim, before the handler: another one handles it once the lease has ended', async () => {
      const id = await killedAt('claim committed', 'charge.succeeded');
      expect(await scene.find(id)).toMatchObject({ status: 'processing', attempts: 1, lost: 0 });
      expect(scene.effects(id)).toEqual([]);

      await another();
      expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
      expect(scene.effects(id)).toHaveLength(1);
    });

    it('in the middle of a handler: it runs again', async () => {
      const id = await killedAt('plain end', 'charge.succeeded');
      expect(await scene.find(id)).toMatchObject({ status: 'processing', attempts: 1, lost: 0 });

      await another();
      expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
      expect(scene.effects(id)).toHaveLength(2);
    });

    it('after a handler, before its record: it runs again, with the same idempotency key', async () => {
      const id = await killedAt('record committing', 'charge.succeeded');
      expect(await scene.find(id)).toMatchObject({ status: 'processing', attempts: 1, lost: 0 });
      expect(await scene.runs(id)).toEqual({});

      await another();
      expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
      const [before, after, ...more] = scene.effects(id);
      expect(after).toEqual(before);
      expect(before!.idempotencyKey).toContain(id);
      expect(more).toEqual([]);
    });

    it('during the second of two handlers: the first is not run again', async () => {
      const id = await killedAt('second end', 'refund.created');
      expect(await scene.runs(id)).toEqual({ first: 'succeeded' });

      await another();
      expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
      expect(scene.effects(id).map(({ handler }) => handler)).toEqual(['first', 'second', 'second']);
      expect(await scene.runs(id)).toEqual({ first: 'succeeded', second: 'succeeded' });
    });
  }

  it('before the commit of a transactional handler: its effect is absent, then there once', async () => {
    const id = await killedAt('transaction committing', 'payout.paid');
    expect(await scene.written(id)).toBe(0);
    expect(await scene.runs(id)).toEqual({});

    await another();
    expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
    expect(await scene.written(id)).toBe(1);
  });

  it('after the commit of a transactional handler: its effect is there once, and it is not run again', async () => {
    const id = await killedAt('transaction committed', 'payout.paid');
    expect(await scene.find(id)).toMatchObject({ status: 'processing' });
    expect(await scene.written(id)).toBe(1);
    expect(await scene.runs(id)).toEqual({ transactional: 'succeeded' });

    await another();
    expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
    expect(await scene.written(id)).toBe(1);
  });

  it('before the commit of the outcome: neither the outcome nor the last run is recorded, and that handler runs again', async () => {
    const id = await killedAt('record committing', 'refund.created', 2);
    expect(await scene.find(id)).toMatchObject({ status: 'processing' });
    expect(await scene.runs(id)).toEqual({ first: 'succeeded' });

    await another();
    expect(await scene.becomes(id, 'succeeded')).toMatchObject(TAKEN_OVER);
    expect(scene.effects(id).map(({ handler }) => handler)).toEqual(['first', 'second', 'second']);
  });

  it('after the commit of the outcome: nothing is left to do', async () => {
    const id = await killedAt('record committed', 'refund.created', 2);
    expect(await scene.find(id)).toMatchObject({ status: 'succeeded', attempts: 1, lost: 0 });

    const next = await another();
    const later = buildEvent({ type: 'charge.succeeded' });
    await next.deliver(later);
    await scene.becomes(String(later.id), 'succeeded');
    expect(await scene.find(id)).toMatchObject({ status: 'succeeded', attempts: 1, lost: 0 });
    expect(scene.effects(id).map(({ handler }) => handler)).toEqual(['first', 'second']);
  });
});
