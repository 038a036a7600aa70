import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventEntity } from 'nestjs-stripe-events';
import { SyncRunEntity } from '../../src/sync-runs';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import { API_KEY, startStripeApi, type StripeApi } from '../support/stripe-api';
import { listedEvent } from '../support/stripe-events';
import { waitUntil } from '../support/wait-until';

const MISSED = 450;
const scenes = crashScenes();

describe.each(crashDatabases)('a process that is killed in the middle of a catch-up, on $name', (kind) => {
  let api: StripeApi;
  beforeEach(async () => {
    api = await startStripeApi();
  });
  afterEach(() => api.close());

  it('leaves the rest to another one, which goes on from its checkpoint: no event is missed or stored twice', async () => {
    const scene = await scenes.open(kind);
    const first = listedEvent(0, 86_400, 'charge.succeeded');
    const stripeApi = { apiKey: API_KEY, clientOptions: api.clientOptions };
    const catchingUp = { stripeApi, fetches: 'missed events' } as const;
    const receiver = await scene.start();
    await receiver.deliver(first);
    await scene.becomes(String(first.id), 'succeeded');
    // Received a good day ago, as far as the ledger knows: this event is listed too, and what came since was missed.
    await scene.query('UPDATE stripe_event SET received_at = ?', [Date.now() - 86_460_000]);
    await receiver.stop();
    for (let index = 0; index < MISSED; index += 1) {
      api.account.events.add(index === 0 ? first : listedEvent(index, 80_000 - index, 'charge.succeeded'));
    }

    const held = api.faults.hold('/v1/events?limit=100&ending_before', 2);
    const worker = await scene.start(catchingUp);
    await held.reached;
    await worker.kill();
    held.release();
    const run = (await scene.database.dataSource.getRepository(SyncRunEntity).find())[0]!;
    expect(run).toMatchObject({ status: 'running' });
    expect(run.done).toBeGreaterThan(100);
    expect(run.done).toBeLessThan(MISSED);
    const askedBefore = api.requests.length;

    await scene.start(catchingUp);
    const runs = scene.database.dataSource.getRepository(SyncRunEntity);
    await waitUntil('the run has ended', async () => (await runs.findOneBy({ id: run.id }))?.status === 'succeeded');
    await waitUntil('all are settled', () => scene.isSettled());

    expect(await runs.findOneBy({ id: run.id })).toMatchObject({ done: MISSED, failed: 0 });
    expect(api.requests.length - askedBefore).toBeLessThan(10);
    expect(await scene.database.dataSource.getRepository(EventEntity).count()).toBe(MISSED);
    const effects = scene.effects().filter(({ handler }) => handler === 'plain');
    expect(new Set(effects.map(({ event }) => event)).size).toBe(MISSED);
  });
});
