import type { EntityManager } from 'typeorm';
import { sleep } from '../../src/common';
import { RetryEventError, UnrecoverableEventError } from '../../src/errors';
import type { EventEntity } from '../../src/events';
import { HandlerRegistry, matchesPattern, type RegisteredHandler, type StripeHandlerContext } from '../../src/handlers';
import type { HandlerCall } from './handler-calls';
import type { Ending } from './history';
import { EFFECT_TABLE } from './ledger-pool';
import type { SimulatedProcess } from './simulated-process';

/** The limit of attempts of handlers without one of their own. */
export const MAX_ATTEMPTS = 3;
/** How long a handler that is asked for later asks for. */
const RETRY_AFTER_MS = 7_000;
const SLOW_MS = 3_000;
/** Longer than the shorter time limit. */
const LATE_MS = 6_000;

/** The handlers of the simulated application; `nested` ones open a transaction within the one they are given. */
export const HANDLERS = [
  { id: 'mail', patterns: ['invoice.*', 'customer.*'], transactional: false, nested: false },
  { id: 'book', patterns: ['invoice.*', 'charge.*'], transactional: true, nested: false },
  { id: 'note', patterns: ['charge.*'], transactional: true, nested: true, maxAttempts: 2 },
] as const satisfies (Omit<RegisteredHandler, 'invoke'> & { nested: boolean })[];

/** The ids of the handlers of a kind of event. */
export function handlersOf(kind: string): string[] {
  return HANDLERS.filter(({ patterns }) => patterns.some((pattern) => matchesPattern(pattern, kind))).map(
    ({ id }) => id,
  );
}

/** How often a handler may be called for an event. */
export function maxAttemptsOf(id: string): number {
  const handler: Omit<RegisteredHandler, 'invoke'> | undefined = HANDLERS.find((one) => one.id === id);
  return handler?.maxAttempts ?? MAX_ATTEMPTS;
}

/** Whether a handler's effects are part of its run. */
export function isTransactional(id: string): boolean {
  return HANDLERS.some((handler) => handler.id === id && handler.transactional);
}

/** What handlers tell of, and ask, the history. */
export interface HandlerScene {
  called(call: Pick<HandlerCall, 'process' | 'handler' | 'attempt'>, event: EventEntity): HandlerCall;
  pass(process: SimulatedProcess, at: string): Promise<void>;
  crash(process: SimulatedProcess): void;
}

/** The handlers as one process has them. None of them heeds its signal. */
export function simulatedHandlers(process: SimulatedProcess, scene: HandlerScene): HandlerRegistry {
  const registry = new HandlerRegistry();
  for (const handler of HANDLERS) {
    const invoke = (_event: unknown, context: StripeHandlerContext): Promise<void> =>
      perform(scene, { process, handler }, context);
    registry.add({ ...handler, invoke });
  }
  return registry;
}

async function perform(
  scene: HandlerScene,
  { process, handler }: { process: SimulatedProcess; handler: (typeof HANDLERS)[number] },
  { record, attempt, signal, manager }: StripeHandlerContext,
): Promise<void> {
  const call = scene.called({ process, handler: handler.id, attempt }, record);
  signal.addEventListener('abort', () => {
    call[call.state === 'running' ? 'aborted' : 'abortedLate'] = signal.reason as Error;
  });
  const act = async (): Promise<void> => {
    await scene.pass(process, `${handler.id} goes on`);
    if (call.ending === 'crash') {
      scene.crash(process);
    }
    await end(call.ending);
    await scene.pass(process, `${handler.id} ends`);
  };
  const write = (to: EntityManager): Promise<unknown> =>
    to.query(`INSERT INTO ${EFFECT_TABLE} (event_id, handler) VALUES (?, ?)`, [record.id, handler.id]);
  try {
    await scene.pass(process, `${handler.id} begins`);
    await (call.ending === 'late' ? sleep(LATE_MS) : undefined);
    if (handler.nested) {
      await manager.transaction(async (nested) => {
        await write(nested);
        await act();
      });
    } else {
      await (handler.transactional ? write(manager) : undefined);
      await act();
    }
    call.state = 'returned';
  } catch (error) {
    call.state = 'threw';
    throw error;
  }
}

async function end(ending: Ending): Promise<void> {
  switch (ending) {
    case 'ok':
    case 'late':
      return;
    case 'slow':
      return sleep(SLOW_MS);
    case 'fail':
      throw new Error('The handler failed.');
    case 'retry':
      throw new RetryEventError(RETRY_AFTER_MS);
    case 'unrecoverable':
      throw new UnrecoverableEventError('No retry can help.');
    case 'hang':
    case 'crash':
      return new Promise(() => undefined);
  }
}
