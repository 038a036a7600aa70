import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import type { CrashProcess } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';

const scenes = crashScenes();

/** Longer than any test: who waits for a lease to end waits in vain. */
const LONG_LEASE_MS = 600_000;

describe.each(crashDatabases)('a process that is told to end while a handler runs, on $name', (kind) => {
  let scene: CrashScene;
  beforeEach(async () => {
    scene = await scenes.open(kind);
  });

  const event = buildEvent({ type: 'charge.succeeded' });
  const id = String(event.id);

  async function inHandler(at: 'plain begin' | 'plain end', processing: object = {}): Promise<CrashProcess> {
    const worker = await scene.start({ processing, stops: [{ at, and: 'wait' }] });
    expect(await worker.deliver(event)).toMatchObject({ status: 200 });
    await worker.waitsAt(at);
    return worker;
  }

  it('lets the handler finish, and records it', async () => {
    const worker = await inHandler('plain end', { leaseMs: LONG_LEASE_MS });
    worker.signal('SIGTERM');
    await worker.shutsDown();
    expect(await scene.find(id)).toMatchObject({ status: 'processing' });
    worker.goOn();

    expect(await worker.end()).toEqual({ code: 0, signal: null });
    expect(await scene.find(id)).toMatchObject({ status: 'succeeded', attempts: 1, lost: 0 });
    expect(await scene.runs(id)).toEqual({ plain: 'succeeded' });
    expect(scene.effects(id)).toHaveLength(1);
  });

  it('hands back what does not finish in time, and another process takes it at once', async () => {
    const worker = await inHandler('plain begin', { leaseMs: LONG_LEASE_MS, shutdownTimeoutMs: 20 });
    const other = await scene.start();
    worker.signal('SIGTERM');

    expect(await worker.end()).toEqual({ code: 0, signal: null });
    expect(await scene.becomes(id, 'succeeded')).toMatchObject({ attempts: 1, lost: 0 });
    expect(scene.effects(id)).toHaveLength(1);
    expect(other.ended).toBe(false);
  });

  it('killed before the handler has finished: it runs again once the lease has ended', async () => {
    const worker = await inHandler('plain end');
    worker.signal('SIGTERM');
    await worker.shutsDown();

    expect(await worker.kill()).toMatchObject({ signal: 'SIGKILL' });
    expect(await scene.find(id)).toMatchObject({ status: 'processing', attempts: 1, lost: 0 });
    await scene.leasesEnd();
    await scene.start();
    expect(await scene.becomes(id, 'succeeded')).toMatchObject({ attempts: 2, lost: 1 });
    expect(scene.effects(id)).toHaveLength(2);
  });
});
