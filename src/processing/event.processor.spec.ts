import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseLostError, ShutdownError } from '../errors';
import { EventEntity, HandlerRunEntity, type LeasedWrite } from '../events';
import type { RegisteredHandler } from '../handlers';
import { PreparationError, type Preparation } from './event-preparer';
import { EventProcessor, type ProcessorParts } from './event.processor';
import type { RunResult } from './event-verdict';
import type { RunningEvent } from './handler-runner';

const RETRY = { maxAttempts: 3, baseMs: 1_000, factor: 2, maxMs: 60_000 };
const HANDED_BACK = { status: 'pending', delayMs: 0, error: null, counts: false };

function event(id: string, parts: Partial<EventEntity> = {}): EventEntity {
  return Object.assign(new EventEntity(), { id, stripeId: `evt_${id}`, kind: 'a', attempts: 1, leaseNo: 1, message: {}, ...parts }); // prettier-ignore
}
function ran(handler: string, status: 'succeeded' | 'failed' | 'dead' = 'succeeded', recorded = false): RunResult {
  const run = { handler, status, attempts: 1, startedAtMs: 0, finishedAtMs: 1, error: status === 'succeeded' ? null : 'no' }; // prettier-ignore
  return status === 'succeeded' ? { kind: 'succeeded', run, recorded } : { kind: 'failed', run, retryAfterMs: null };
}

describe('handling events', () => {
  let log: string[];
  let writes: LeasedWrite[];
  let done: string[];
  let handlers: string[];
  let prepared: (event: EventEntity) => Preparation | PreparationError | undefined;
  let run: (handler: string, running: RunningEvent) => Promise<RunResult>;
  let write: (write: LeasedWrite) => Promise<boolean>;
  let places: ProcessorParts['places']['within'];
  let processor: EventProcessor;

  beforeEach(() => {
    Logger.overrideLogger(false);
    [log, writes, done, handlers] = [[], [], [], ['first', 'second']];
    prepared = () => ({ customer: null, runs: [], isSecond: false });
    run = (handler) => Promise.resolve(ran(handler));
    write = () => Promise.resolve(true);
    places = (work) => work();
    processor = new EventProcessor({
      preparer: {
        prepare: (events) => Promise.resolve(new Map(events.flatMap((each) => {
          const preparation = prepared(each);
          return preparation === undefined ? [] : [[each, preparation] as const];
        }))), // prettier-ignore
      },
      registry: { handlersFor: () => handlers.map((id) => ({ id }) as RegisteredHandler) },
      pairing: { leftFor: (_, all) => all.filter(({ id }) => id !== 'first') },
      runner: {
        run: (handler, running, before) => {
          log.push(`run ${running.record.id} ${handler.id} ${before?.attempts ?? 0}`);
          return run(handler.id, running);
        },
      },
      places: { within: (work, stop) => places(work, stop) },
      keeper: {
        hold: ({ id }) => void log.push(`hold ${id}`),
        drop: ({ id }) => void log.push(`drop ${id}`),
      },
      writer: {
        write: (each) => {
          writes.push(each);
          log.push(`write ${each.lease.id} ${each.run?.handler ?? '-'} ${each.outcome?.status ?? '-'}`);
          return write(each);
        },
      },
      retry: RETRY,
      random: () => 0.5,
    });
  });
  afterEach(() => {
    Logger.overrideLogger(true);
  });

  const process = (...events: EventEntity[]): Promise<void> => {
    return processor.process(events, () => done.push('done'));
  };
  const outcomes = (): unknown[] => writes.map(({ outcome }) => outcome);

  it('records each handler before the next one is called, and the last one with the outcome', async () => {
    await process(event('1'));
    expect(log).toEqual(['hold 1', 'run 1 first 0', 'write 1 first -', 'run 1 second 0', 'write 1 second succeeded', 'drop 1']); // prettier-ignore
    expect(done).toHaveLength(1);
  });

  it('does not record again what a transaction has recorded', async () => {
    run = (handler) => Promise.resolve(ran(handler, 'succeeded', true));
    await process(event('1'));
    expect(log.filter((line) => line.startsWith('write'))).toEqual(['write 1 - succeeded']);
  });

  it('has its place for the handlers alone', async () => {
    places = async (work) => {
      log.push('enter');
      const result = await work();
      log.push('leave');
      return result;
    };
    await process(event('1'));
    expect(log).toEqual(['hold 1', 'enter', 'run 1 first 0', 'write 1 first -', 'run 1 second 0', 'leave', 'write 1 second succeeded', 'drop 1']); // prettier-ignore
  });

  it('hands an event back that gets no place in time', async () => {
    places = () => Promise.resolve(null);
    await process(event('1'));
    expect(log).toEqual(['hold 1', 'write 1 - pending', 'drop 1']);
    expect(outcomes()).toEqual([HANDED_BACK]);
  });

  it('writes nothing of an event whose lease is lost while it waits for a place', async () => {
    places = (_work, stop) => {
      stop.abort(new LeaseLostError());
      return Promise.resolve(null);
    };
    await process(event('1'));
    expect(writes).toEqual([]);
    expect(done).toHaveLength(1);
  });

  it('calls no handler that has succeeded or was given up', async () => {
    const runs = [{ handler: 'first', status: 'dead', error: 'before' }, { handler: 'second', status: 'failed', attempts: 2 }]; // prettier-ignore
    prepared = () => ({
      customer: null,
      runs: runs.map((each) => Object.assign(new HandlerRunEntity(), each)),
      isSecond: false,
    });
    await process(event('1'));
    expect(log.filter((line) => line.startsWith('run'))).toEqual(['run 1 second 2']);
    expect(outcomes()).toEqual([{ status: 'dead', error: 'before' }]);
  });

  it('calls the next handler also when the one before failed', async () => {
    run = (handler) => Promise.resolve(ran(handler, handler === 'first' ? 'failed' : 'succeeded'));
    await process(event('1'));
    expect(outcomes()).toEqual([undefined, { status: 'pending', delayMs: 500, error: 'no', counts: true }]);
  });

  it('stops where the lease is lost between two handlers', async () => {
    write = () => Promise.resolve(false);
    await process(event('1'));
    expect(log).toEqual(['hold 1', 'run 1 first 0', 'write 1 first -', 'drop 1']);
  });

  it('ignores an event that nobody handles, and gives up a body that is none', async () => {
    handlers = [];
    await process(event('1'), event('2', { message: 'no event' }));
    expect(outcomes()).toMatchObject([{ status: 'ignored', reason: 'no-handler' }, { status: 'dead' }]);
  });

  it('calls only the handlers that are left for the second event of a fact, and ignores it when none is', async () => {
    prepared = ({ id }) => ({ customer: null, runs: [], isSecond: id !== '1' });
    await process(event('1'), event('2'));
    expect(log.filter((line) => line.startsWith('run'))).toEqual(['run 1 first 0', 'run 2 second 0', 'run 1 second 0']);

    handlers = ['first'];
    await process(event('3'));
    expect(outcomes().at(-1)).toMatchObject({ status: 'ignored', reason: 'twin' });
  });

  describe('that cannot be prepared', () => {
    const failing = (isEventsOwn: boolean): void => {
      prepared = () => new PreparationError(isEventsOwn, { cause: new Error('bad') });
    };

    it('uses up an attempt where the event is to blame, until there is none left', async () => {
      failing(true);
      await process(event('1', { attempts: 2 }), event('2', { attempts: 3 }));
      expect(outcomes()).toMatchObject([
        { status: 'pending', delayMs: 1_000, counts: true, error: expect.stringContaining('bad') },
        { status: 'dead', error: expect.stringContaining('bad') },
      ]);
    });

    it('uses up none where the database is to blame', async () => {
      failing(false);
      await process(event('1', { attempts: 99 }));
      expect(outcomes()).toMatchObject([{ status: 'pending', delayMs: 500, counts: false }]);
    });

    it('does so also where nothing is known of it', async () => {
      prepared = () => undefined;
      await process(event('1'));
      expect(outcomes()).toMatchObject([{ status: 'pending', counts: true }]);
    });
  });

  it('frees the place of each event by itself', async () => {
    let end: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (end = resolve));
    run = async (handler, { record }) => {
      await (record.id === 'slow' ? slow : undefined);
      return ran(handler);
    };
    const processing = process(event('slow'), event('2'), event('3'));
    while (done.length < 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(log.filter((line) => line.startsWith('drop'))).toEqual(['drop 2', 'drop 3']);
    end();
    await processing;
    expect(done).toHaveLength(3);
  });

  it.each([
    ['the outcome cannot be written', () => (write = () => Promise.reject(new Error('away')))],
    ['the runner fails', () => (run = () => Promise.reject(new Error('bug')))],
  ])('frees the place also when %s', async (_when, break_) => {
    break_();
    await process(event('1'), event('2'));
    expect(done).toHaveLength(2);
    expect(log.filter((line) => line.startsWith('drop'))).toHaveLength(2);
  });

  describe('when the application stops', () => {
    it('hands back the event whose handler was stopped', async () => {
      run = (_handler, { stop }) =>
        new Promise((resolve) => {
          stop.onAbort(() => {
            expect(stop.reason).toBeInstanceOf(ShutdownError);
            resolve({ kind: 'abandoned', reason: 'shutdown' });
          });
        });
      const processing = process(event('1'));
      await new Promise((resolve) => setImmediate(resolve));
      processor.abort();
      await processing;
      expect(outcomes()).toEqual([HANDED_BACK]);
    });

    it('begins no handler afterwards', async () => {
      const processing = process(event('1'), event('2'));
      processor.abort();
      await processing;
      expect(log.filter((line) => line.startsWith('run'))).toEqual([]);
      expect(outcomes()).toEqual([HANDED_BACK, HANDED_BACK]);
    });

    it('hands back what was claimed and never begun, and survives that it cannot', async () => {
      await processor.handBack([event('1'), event('2')]);
      expect(outcomes()).toEqual([HANDED_BACK, HANDED_BACK]);
      write = () => Promise.reject(new Error('away'));
      await expect(processor.handBack([event('3')])).resolves.toBeUndefined();
    });
  });

  it('writes nothing about an event whose lease was lost', async () => {
    run = () => Promise.resolve({ kind: 'abandoned', reason: 'lease-lost' });
    await process(event('1'));
    expect(writes).toEqual([]);
  });
});
