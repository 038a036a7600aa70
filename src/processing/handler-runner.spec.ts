import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Stop } from '../common';
import type { ConnectionPool, FaultKind, LedgerDatabase, OpenTransaction } from '../database';
import {
  HandlerTimeoutError,
  LeaseLostError,
  RetryEventError,
  ShutdownError,
  UnrecoverableEventError,
} from '../errors';
import { EventEntity } from '../events';
import type { RegisteredHandler, StripeHandlerContext } from '../handlers';
import { StripeClients } from '../stripe-api';
import type { RunResult } from './event-verdict';
import { HandlerRunner } from './handler-runner';

const never = (): Promise<never> => new Promise(() => undefined);
const LIMITS = { maxAttempts: 3, timeoutMs: 1_000 };

/** A database whose transaction goes as a test says. */
class Transactions {
  log: string[] = [];
  fault: FaultKind = 'refused';
  recording: () => Promise<void> = () => Promise.resolve();
  commit: () => Promise<void> = () => Promise.resolve();
  rollback: () => Promise<void> = () => Promise.resolve();
  readonly manager = {} as EntityManager;
  /** None where there is one lock for all who write. */
  pool: ConnectionPool | null = { connections: 10, transactions: 6, keptFree: 4 };

  async transaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    const within = async (): Promise<never> => {
      await this.recording();
      return undefined as never;
    };
    const result = await work({ manager: this.manager, within }).catch(async (error: unknown) => {
      this.log.push('rollback');
      await this.rollback();
      throw error;
    });
    this.log.push('commit');
    await this.commit();
    return result;
  }

  asDatabase(): LedgerDatabase {
    const dialect = { classify: (): FaultKind => this.fault };
    return {
      dialect,
      dataSource: {},
      pool: this.pool,
      transaction: this.transaction.bind(this),
    } as unknown as LedgerDatabase;
  }
}

describe('calling a handler', () => {
  let database: Transactions;
  let event: Stop;
  let nowMs: number;

  beforeEach(() => {
    nowMs = 7;
    database = new Transactions();
    event = new Stop();
  });

  type Invoke = (event: unknown, context: StripeHandlerContext) => Promise<unknown>;
  function run(invoke: Invoke, handler: Partial<RegisteredHandler> = {}, attemptsBefore = 0): Promise<RunResult> {
    const leases = { recordingRun: () => ({}) as never };
    const clients = new StripeClients(new Map());
    const runner = new HandlerRunner(database.asDatabase(), leases, clients, { now: () => nowMs }, LIMITS);
    const registered = { id: 'h', patterns: ['*'], transactional: false, invoke, ...handler };
    const record = Object.assign(new EventEntity(), { id: '1', stripeId: 'evt_1', attempts: 5 });
    const before = { attempts: attemptsBefore, startedAt: new Date(3), durationMs: 2, error: 'oops', earlier: null };
    return runner.run(
      registered,
      { record, event: { id: 'evt_1' }, customer: null, stop: event },
      attemptsBefore === 0 ? undefined : before,
    );
  }
  const transactional = (invoke: Invoke): Promise<RunResult> => run(invoke, { transactional: true });

  it.each([false, true])('ends well where it does (transactional: %p)', async (inTransaction) => {
    const result = await run(() => Promise.resolve(), { transactional: inTransaction });
    expect(result).toMatchObject({
      kind: 'succeeded',
      recorded: inTransaction,
      run: { attempts: 1, status: 'succeeded' },
    });
    expect(database.log).toEqual(inTransaction ? ['commit'] : []);
  });

  it.each([
    [0, {}, 'failed'],
    [2, {}, 'dead'],
    [2, { maxAttempts: 4 }, 'failed'],
    [0, { maxAttempts: 1 }, 'dead'],
  ])('fails, after %i attempts before and with %j, so that the run is %s', async (before, handler, status) => {
    const result = await run(() => Promise.reject(new Error('no')), handler, before);
    const earlier = before === 0 ? [] : [{ attempt: before, startedAtMs: 3, durationMs: 2, error: 'oops' }];
    expect(result).toMatchObject({
      kind: 'failed',
      retryAfterMs: null,
      run: { status, attempts: before + 1, earlier },
    });
  });

  it('uses up no attempt where the handler asks for a delay, also after the last one', async () => {
    const result = await run(() => Promise.reject(new RetryEventError(50)), {}, 9);
    expect(result).toMatchObject({ kind: 'failed', retryAfterMs: 50, run: { status: 'failed', attempts: 9 } });
  });

  it('is given up where the handler says so', async () => {
    const result = await run(() => Promise.reject(new UnrecoverableEventError('never')));
    expect(result).toMatchObject({ kind: 'failed', run: { status: 'dead' } });
  });

  it.each([null, undefined, 'text', { then: 1 }])('survives that %p is thrown', async (thrown) => {
    expect(await run(() => Promise.reject(thrown as unknown as Error))).toMatchObject({ kind: 'failed' });
  });

  it.each([false, true])(
    'ends when the time is over, whatever the handler does (transactional: %p)',
    async (inTransaction) => {
      let signal: AbortSignal | undefined;
      const hang: Invoke = (_event, context) => {
        signal = context.signal;
        return never();
      };
      const result = await run(hang, { transactional: inTransaction, timeoutMs: 5 });
      expect(result).toMatchObject({ kind: 'failed', run: { error: expect.stringContaining('HandlerTimeoutError') } });
      expect(signal?.reason).toBeInstanceOf(HandlerTimeoutError);
      expect(database.log).toEqual(inTransaction ? ['rollback'] : []);
    },
  );

  it.each([
    [new ShutdownError(), 'shutdown'],
    [new LeaseLostError(), 'lease-lost'],
  ] as const)('is abandoned with %p, also when the handler makes another error of it', async (reason, expected) => {
    const stubborn = run(never);
    const wrapping = run(
      (_event, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('wrapped', { cause: signal.reason }));
          });
        }),
    );
    event.abort(reason);
    expect(await Promise.all([stubborn, wrapping])).toEqual([
      { kind: 'abandoned', reason: expected },
      { kind: 'abandoned', reason: expected },
    ]);
  });

  it('does not begin when it is abandoned before', async () => {
    const invoke = jest.fn<Invoke>();
    event.abort(new ShutdownError());
    expect(await run(invoke)).toEqual({ kind: 'abandoned', reason: 'shutdown' });
    expect(await transactional(invoke)).toEqual({ kind: 'abandoned', reason: 'shutdown' });
    expect(invoke).not.toHaveBeenCalled();
  });

  it.each([new ShutdownError(), new LeaseLostError()])(
    'is a failure like any other when a handler throws %p by itself',
    async (thrown) => {
      expect(await run(() => Promise.reject(thrown))).toMatchObject({ kind: 'failed', run: { attempts: 1 } });
    },
  );

  describe('in a transaction', () => {
    it('is abandoned when the lease is lost by the end', async () => {
      database.recording = () => Promise.reject(new LeaseLostError());
      expect(await transactional(() => Promise.resolve())).toEqual({ kind: 'abandoned', reason: 'lease-lost' });
      expect(database.log).toEqual(['rollback']);
    });

    it('leaves open what became of it when nobody answers the commit', async () => {
      database.fault = 'unavailable';
      database.commit = () => Promise.reject(new Error('connection terminated'));
      const result = await transactional(() => Promise.resolve());
      // Counted by the event's attempts, since no run is recorded.
      expect(result).toMatchObject({ kind: 'unknown', attempts: 5, error: expect.stringContaining('terminated') });
    });

    it('leaves open what became of it when the commit takes longer than the handler may', async () => {
      database.commit = never;
      expect(await run(() => Promise.resolve(), { transactional: true, timeoutMs: 5 })).toMatchObject({
        kind: 'unknown',
      });
    });

    it.each(['refused', 'conflict'] as const)(
      'has failed when the database says so at the commit: %s',
      async (fault) => {
        database.fault = fault;
        database.commit = () => Promise.reject(new Error('violates a deferred constraint'));
        const result = await run(() => Promise.resolve(), { transactional: true, maxAttempts: 1 });
        expect(result).toMatchObject({
          kind: 'failed',
          run: { status: 'dead', error: expect.stringContaining('deferred') },
        });
      },
    );

    it('has failed for the handler’s reason, not for that of its rollback', async () => {
      database.fault = 'unavailable';
      database.rollback = () => Promise.reject(new Error('connection terminated'));
      const result = await transactional(() => Promise.reject(new Error('the handler’s own')));
      expect(result).toMatchObject({ kind: 'failed', run: { error: expect.stringContaining('own') } });
    });

    it('is not waited for when it cannot even be rolled back', async () => {
      database.rollback = never;
      const failing = run(() => Promise.reject(new Error('own')), { transactional: true, timeoutMs: 5 });
      const hanging = run(never, { transactional: true, timeoutMs: 5 });
      expect(await failing).toMatchObject({ kind: 'failed', run: { error: expect.stringContaining('own') } });
      expect(await hanging).toMatchObject({ kind: 'failed', run: { error: expect.stringContaining('Timeout') } });
    });

    it('is not waited for when it cannot even begin', async () => {
      database.transaction = never;
      const result = await run(() => Promise.resolve(), { transactional: true, timeoutMs: 5 });
      expect(result).toEqual({ kind: 'postponed', error: expect.stringContaining('did not begin within 5 ms') });
    });

    it('has not failed when the handler was not called', async () => {
      database.transaction = () => Promise.reject(new Error('no connection is free'));
      const result = await run(() => Promise.resolve(), { transactional: true, maxAttempts: 1 });
      expect(result).toEqual({ kind: 'postponed', error: expect.stringContaining('no connection is free') });
    });

    it('is waited for in a time of its own, which is none of the handler’s', async () => {
      jest.useFakeTimers();
      try {
        const begun = new Transactions();
        database.transaction = (work) =>
          new Promise((resolve) => setTimeout(resolve, 900)).then(() => begun.transaction(work));
        const working = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 900));
        const result = run(working, { transactional: true, timeoutMs: 1_000 });
        await jest.advanceTimersByTimeAsync(1_800);
        expect(await result).toMatchObject({ kind: 'succeeded' });
      } finally {
        jest.useRealTimers();
      }
    });
  });

  describe('that holds its transaction for a second', () => {
    let said: string[];

    beforeEach(() => {
      said = [];
      const keep = (line: string): void => void said.push(line);
      Logger.overrideLogger({ log: keep, warn: keep, error: keep });
    });
    afterEach(() => {
      Logger.overrideLogger(false);
    });

    const slowly: Invoke = () => {
      nowMs += 1_000;
      return Promise.resolve();
    };

    it('is told of by its name, where everybody else who writes waits for it', async () => {
      database.pool = null;
      await transactional(slowly);
      expect(said).toEqual([expect.stringMatching(/^The transactional handler h held the write lock .* for 1000 ms/)]);
    });

    it.each([
      ['has a connection of its own', () => transactional(slowly)],
      ['has no transaction', () => run(slowly)],
    ])('is not told of where it %s', async (_name, call) => {
      database.pool = _name === 'has no transaction' ? null : database.pool;
      expect(await call()).toMatchObject({ kind: 'succeeded' });
      expect(said).toEqual([]);
    });

    it('is not told of where it was quick', async () => {
      database.pool = null;
      await transactional(() => {
        nowMs += 999;
        return Promise.resolve();
      });
      expect(said).toEqual([]);
    });
  });
});
