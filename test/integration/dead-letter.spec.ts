import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, type LoggerService } from '@nestjs/common';
import {
  EventEntity,
  InvalidOptionsError,
  OnStripeEvent,
  StripeEventActionService,
  UnrecoverableEventError,
  type StripeDeadLetter,
  type StripeEventOf,
  type StripeProcessingOptions,
} from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { settingsOf } from '../../src/stripe.settings';
import { databases, type DatabaseKind, type TestDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

class TaxServiceError extends Error {
  override readonly name = 'TaxServiceError';
}

let failing: boolean;
let gate: Promise<void>;
let entered: () => void;

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'steady' })
  steady(): void {
    // Succeeds, so it is never among those that gave up.
  }

  @OnStripeEvent('invoice.paid', { id: 'taxes' })
  taxes(): void {
    if (failing) {
      throw new TaxServiceError(`refused with sk_live_${'a'.repeat(24)} for ada@example.com`);
    }
  }

  @OnStripeEvent('invoice.paid', { id: 'archive' })
  archive(): void {
    if (failing) {
      throw new UnrecoverableEventError('no archive for it');
    }
  }

  @OnStripeEvent('charge.failed', { id: 'hopeless' })
  hopeless(): void {
    throw new UnrecoverableEventError('no such order');
  }

  @OnStripeEvent('plan.created', { id: 'gated', maxAttempts: 1 })
  async gated({ id }: StripeEventOf<'plan.created'>): Promise<void> {
    entered();
    await gate;
    throw new Error(`failed on ${id}`);
  }
}

/** What the application was told. */
class Mailbox {
  readonly letters: StripeDeadLetter[] = [];
  private arrived: () => void = () => undefined;

  take(letter: StripeDeadLetter): void {
    this.letters.push(letter);
    this.arrived();
  }

  /** Resolves when there are so many. */
  async holds(count: number): Promise<readonly StripeDeadLetter[]> {
    while (this.letters.length < count) {
      await new Promise<void>((resolve) => (this.arrived = resolve));
    }
    return this.letters;
  }
}

describe.each(databases)('onDeadLetter, with the events in $name', (kind) => {
  let database: TestDatabase;
  let apps: LedgerApp[];
  let mailbox: Mailbox;
  let log: string[];

  beforeEach(async () => {
    database = await kind.create();
    [apps, mailbox, log] = [[], new Mailbox(), []];
    [failing, gate, entered] = [true, Promise.resolve(), () => undefined];
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await database.drop();
  });

  /** An application on the one database of the test. */
  async function start(processing: StripeProcessingOptions | false = {}): Promise<LedgerApp> {
    const shared: DatabaseKind = {
      ...kind,
      create: () => Promise.resolve({ ...database, drop: () => Promise.resolve() }),
    };
    const note = (message: unknown): void => void log.push(String(message));
    const logger: LoggerService = { log: note, error: note, warn: note };
    const onDeadLetter = (letter: StripeDeadLetter): void => mailbox.take(letter);
    const quick = { backoff: { baseMs: 1 }, sweepMs: 20, maxAttempts: 3, onDeadLetter };
    const app = await startLedgerApp({
      ...{ database: shared, platform: platforms[0]!, providers: [Handlers], app: { logger } },
      stripe: { processing: processing === false ? false : { ...quick, ...processing } },
    });
    apps.push(app);
    return app;
  }

  async function deliver(app: LedgerApp, event: unknown): Promise<string> {
    expect((await app.deliver(event)).status).toBe(200);
    return String((event as { id?: unknown }).id);
  }

  it('tells of the last failure of a handler, and of all that gave up', async () => {
    const app = await start();
    const id = await deliver(app, buildEvent());
    await waitForEvent(app.app, id, 'dead');

    const [letter] = await mailbox.holds(1);

    expect(letter?.event).toBeInstanceOf(EventEntity);
    expect(letter?.event).toMatchObject({ stripeId: id, status: 'dead', attempts: 3, kind: 'invoice.paid' });
    expect(letter?.event.processedAt).toBeInstanceOf(Date);
    expect(Object.keys(letter?.event ?? {})).not.toContain('message');
    expect([...(letter?.handlers ?? [])].sort()).toEqual(['archive', 'taxes']);
    expect(letter?.error).toBe(letter?.event.lastError);
    expect(letter?.error).toMatch(/^TaxServiceError: refused with sk_live_\[redacted\] for \[e-mail\]\n\s+at /);
  });

  it('tells of a handler that knows no retry can help', async () => {
    const app = await start();
    await deliver(app, buildEvent({ type: 'charge.failed' }));
    const error: unknown = expect.stringMatching(/^UnrecoverableEventError: no such order/);
    expect(await mailbox.holds(1)).toMatchObject([{ handlers: ['hopeless'], error, event: { attempts: 1 } }]);
  });

  it('tells of an event that keeps taking its worker down', async () => {
    const receiver = await start(false);
    const [guilty, innocent] = [await deliver(receiver, buildEvent()), await deliver(receiver, buildEvent())];
    const stored = receiver.dataSource.getRepository(EventEntity);
    const vanished = {
      status: 'processing',
      leaseUntil: new Date(0),
      leaseNo: 5,
      attempts: 5,
      nextAttemptAt: null,
    } as const;
    await stored.update({ stripeId: guilty }, { ...vanished, lost: 4 });
    await stored.update({ stripeId: innocent }, { ...vanished, lost: 0 });
    failing = false;

    const worker = await start();
    await waitForEvent(worker.app, innocent, 'succeeded');

    expect(await mailbox.holds(1)).toMatchObject([
      {
        event: { stripeId: guilty, status: 'dead', lost: 5 },
        error: expect.stringContaining('The worker that held the event vanished'),
        handlers: [],
      },
    ]);
  });

  it('tells of a signed delivery that is no event, and again when replaying it cannot help', async () => {
    const app = await start();
    for (let count = 0; count < 2; count += 1) {
      expect((await app.deliver('no JSON')).status).toBe(200);
    }
    const [first] = await mailbox.holds(1);
    expect(first).toMatchObject({ error: 'The body is not JSON.', handlers: [], event: { status: 'dead' } });
    expect(first?.event.stripeId).toMatch(/^sha256:/);

    await app.app.get(StripeEventActionService).replay(first!.event.stripeId);
    const letters = await mailbox.holds(2);

    expect(letters[1]).toMatchObject({ event: { stripeId: first!.event.stripeId, replayNo: 1 }, handlers: [] });
    expect(letters).toHaveLength(2);
  });

  it('tells again of an event that was replayed and died again', async () => {
    const app = await start();
    const id = await deliver(app, buildEvent());
    await mailbox.holds(1);

    await app.app.get(StripeEventActionService).replay(id, { handlers: ['archive'] });
    const letters = await mailbox.holds(2);

    expect(letters.map(({ event }) => event.stripeId)).toEqual([id, id]);
    expect([...letters[1]!.handlers].sort()).toEqual(['archive', 'taxes']);
    failing = false;
    await app.app.get(StripeEventActionService).replay({ status: 'dead' });
    await waitForEvent(app.app, id, 'succeeded');
    expect(mailbox.letters).toHaveLength(2);
  });

  it('tells nothing for a worker that has lost the event', async () => {
    const app = await start();
    let finish: () => void = () => undefined;
    gate = new Promise((resolve) => (finish = resolve));
    const held = new Promise<void>((resolve) => (entered = resolve));
    const lost = await deliver(app, buildEvent({ type: 'plan.created' }));
    await held;
    const stored = app.dataSource.getRepository(EventEntity);
    await stored.update({ stripeId: lost }, { leaseNo: 7 });

    finish();
    const next = await deliver(app, buildEvent({ type: 'plan.created' }));

    await mailbox.holds(1);
    expect(await stored.findOneByOrFail({ stripeId: lost })).toMatchObject({ status: 'processing', lastError: null });
    await apps.pop()?.close();
    expect(mailbox.letters.map(({ event }) => event.stripeId)).toEqual([next]);
  });

  it.each([
    ['throws', () => { throw new Error('pager is down'); }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('pager is down'))],
  ])('goes on when the application %s', async (_how, fail) => {
    const told: string[] = [];
    const app = await start({
      onDeadLetter: ({ event }) => {
        told.push(event.stripeId);
        return fail();
      },
    });
    const ids = [await deliver(app, buildEvent()), await deliver(app, buildEvent())];
    await Promise.all(ids.map((id) => waitForEvent(app.app, id, 'dead')));
    failing = false;
    await waitForEvent(app.app, await deliver(app, buildEvent()), 'succeeded');

    await apps.pop()?.close();

    expect(told.sort()).toEqual(ids.sort());
    const complaints = log.filter((line) => line.startsWith('onDeadLetter failed for event '));
    expect(complaints).toHaveLength(2);
    expect(complaints[0]).toContain('pager is down');
  });

  it('waits for no answer, and tells of the others meanwhile', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const app = await start({
      onDeadLetter: (letter) => {
        mailbox.take(letter);
        return answered;
      },
    });
    await deliver(app, buildEvent());
    await mailbox.holds(1);
    await deliver(app, buildEvent());
    await mailbox.holds(2);
    failing = false;
    await waitForEvent(app.app, await deliver(app, buildEvent()), 'succeeded');
    answer();
  });

  it('is told before the application has stopped', async () => {
    const app = await start({ sweepMs: 60_000 });
    let finish: () => void = () => undefined;
    gate = new Promise((resolve) => (finish = resolve));
    const held = new Promise<void>((resolve) => (entered = resolve));
    await deliver(app, buildEvent({ type: 'plan.created' }));
    await held;

    const stopped = apps.pop()!.close();
    finish();
    await stopped;

    expect(mailbox.letters).toHaveLength(1);
  });
});

it.each([null, true, 'mail@example.com', {}])('onDeadLetter cannot be %j', (onDeadLetter) => {
  const processing = { onDeadLetter } as unknown as StripeProcessingOptions;
  const settings = () => settingsOf({ webhookSecret: 'whsec_1', processing }, {});
  expect(settings).toThrow(InvalidOptionsError);
  expect(settings).toThrow('processing.onDeadLetter must be a function');
});
