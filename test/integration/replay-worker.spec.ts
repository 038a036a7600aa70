import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  EventBusyError,
  EventEntity,
  EventNotFoundError,
  InvalidRequestError,
  OnStripeEvent,
  StripeEventActionService,
  type StripeEventOf,
  type StripeModuleOptions,
} from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { waitUntil } from '../support/wait-until';

/** What the handlers below did, and what they wait for. */
class Script {
  readonly calls: string[] = [];
  gate: Promise<void> = Promise.resolve();
  entered: () => void = () => undefined;
}
let script: Script;

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'receipt' })
  receipt({ id }: StripeEventOf<'invoice.paid'>): void {
    script.calls.push(`receipt ${id}`);
  }

  @OnStripeEvent('invoice.paid', { id: 'access' })
  access({ id }: StripeEventOf<'invoice.paid'>): void {
    script.calls.push(`access ${id}`);
  }

  @OnStripeEvent('plan.created', { id: 'gated' })
  async gated({ id }: StripeEventOf<'plan.created'>): Promise<void> {
    script.calls.push(id);
    script.entered();
    await script.gate;
  }
}

describe.each(databases)('replaying, with the events in $name', (database) => {
  let ledger: LedgerApp;
  let actions: StripeEventActionService;

  async function start(stripe: StripeModuleOptions): Promise<void> {
    script = new Script();
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Handlers], stripe });
    actions = ledger.app.get(StripeEventActionService);
  }
  beforeEach(() => start({ processing: { concurrency: 1, sweepMs: 20 } }));
  afterEach(() => ledger.close());

  async function deliver(...types: string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const type of types) {
      const event = buildEvent({ type });
      expect((await ledger.deliver(event)).status).toBe(200);
      ids.push(String(event.id));
    }
    return ids;
  }
  const allOf = (ids: readonly string[], status: 'succeeded' | 'ignored') =>
    Promise.all(ids.map((id) => waitForEvent(ledger.app, id, status)));

  /** Holds the next call of `gated` until it is let go. */
  function hold(): { entered: Promise<void>; letGo: () => void } {
    let letGo: () => void = () => undefined;
    script.gate = new Promise((resolve) => (letGo = resolve));
    const entered = new Promise<void>((resolve) => (script.entered = resolve));
    return { entered, letGo: () => letGo() };
  }

  it('runs handlers again that had succeeded', async () => {
    const [id = ''] = await deliver('invoice.paid');
    await allOf([id], 'succeeded');

    expect(await actions.replay(id)).toBe(1);
    const { replayNo, attempts } = (await allOf([id], 'succeeded'))[0]!;

    expect([replayNo, attempts]).toEqual([1, 1]);
    expect(script.calls).toEqual([`receipt ${id}`, `access ${id}`, `receipt ${id}`, `access ${id}`]);
  });

  it('runs only the handlers that are named: what others succeeded in still counts', async () => {
    const [id = ''] = await deliver('invoice.paid');
    await allOf([id], 'succeeded');
    script.calls.length = 0;

    const answer = await ledger.admin(`events/${id}/replay`, {
      method: 'POST',
      body: JSON.stringify({ handlers: ['access'] }),
    });

    expect([answer.status, await answer.json()]).toEqual([202, { replayed: 1 }]);
    await allOf([id], 'succeeded');
    expect(script.calls).toEqual([`access ${id}`]);
  });

  it('refuses a handler that is not there, which would replay nothing', async () => {
    const [id = ''] = await deliver('invoice.paid');
    await allOf([id], 'succeeded');

    const refusal = `there is no handler of the id "acess"; there is "receipt", "access", "gated"`;
    for (const target of [id, { status: 'succeeded' } as const]) {
      await expect(actions.replay(target, { handlers: ['access', 'acess'] })).rejects.toThrow(refusal);
      await expect(actions.replay(target, { handlers: [] })).rejects.toThrow(InvalidRequestError);
    }
    const answer = await ledger.admin(`events/${id}/replay`, {
      method: 'POST',
      body: JSON.stringify({ handlers: ['acess'] }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        statusCode: 400,
        code: 'STRIPE_EVENTS_INVALID_REQUEST',
        message: `The request cannot be answered: ${refusal}.`,
      },
    ]);
    expect(await actions.find(id)).toMatchObject({ status: 'succeeded', replayNo: 0 });
  });

  it('hands an event that was ignored to the handlers only when it is asked for', async () => {
    const [id = ''] = await deliver('charge.failed');
    await allOf([id], 'ignored');
    expect(await actions.replay({})).toBe(0);
    expect(await actions.replay({ status: 'ignored' })).toBe(1);
    const replayed = ledger.dataSource.getRepository(EventEntity).findOneByOrFail({ stripeId: id });
    expect(await replayed).toMatchObject({ replayNo: 1 });
  });

  it('leaves an event alone that is being handled', async () => {
    const { entered, letGo } = hold();
    const [id = ''] = await deliver('plan.created');
    await entered;

    await expect(actions.replay(id)).rejects.toThrow(EventBusyError);
    expect(await actions.replay({ status: 'processing' })).toBe(0);
    expect(await actions.replay({})).toBe(0);
    await expect(actions.replay('evt_unknown')).rejects.toThrow(EventNotFoundError);

    letGo();
    await allOf([id], 'succeeded');
    expect(script.calls).toEqual([id]);
  });

  it('lets the events go first that come in', async () => {
    const old = await deliver(...Array<string>(10).fill('plan.created'));
    await allOf(old, 'succeeded');
    script.calls.length = 0;
    const { entered, letGo } = hold();

    // Rows that somebody looks at this very moment are passed over: on MySQL the worker's own claim may be looking.
    let replayed = 0;
    await waitUntil('all are replayed', async () => {
      replayed += await actions.replay({ status: 'succeeded' });
      return replayed === old.length;
    });
    await entered;
    const live = await deliver(...Array<string>(5).fill('plan.created'));
    letGo();
    await allOf([...live, ...old], 'succeeded');

    // After the one that was held: the live ones, with at most one place for the replayed ones among them.
    expect(script.calls).toHaveLength(15);
    const first = script.calls.slice(1, 7);
    expect(live.every((id) => first.includes(id))).toBe(true);
    expect(script.calls.filter((id) => old.includes(id)).sort()).toEqual([...old].sort());
  });
});

it('a process whose handlers are elsewhere takes any name for one of theirs', async () => {
  script = new Script();
  const [database] = databases;
  const ledger = await startLedgerApp({ database: database!, platform: platforms[0]!, stripe: { processing: false } });
  const event = buildEvent();
  await ledger.deliver(event);
  const actions = ledger.app.get(StripeEventActionService);
  expect(await actions.replay(String(event.id), { handlers: ['theirs'] })).toBe(1);
  await ledger.close();
});
