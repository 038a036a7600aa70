import { jest } from '@jest/globals';

/** Where every history begins, so that it is the same whenever it is run. */
const EPOCH_MS = 1_750_000_000_000;
const REAL = ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'hrtime'] as const;

const realImmediate = globalThis.setImmediate;
/** How many flows wait for the end of this turn of the event loop. */
let immediates = 0;

/** The one true time behind all clocks of a history. It passes only when the history says so. */
export const virtualTime = {
  /** Stops the real time; timers of a history before are forgotten. */
  begin(): void {
    jest.useRealTimers();
    jest.useFakeTimers({ now: EPOCH_MS, doNotFake: [...REAL] });
    globalThis.setImmediate = Object.assign(countedImmediate, realImmediate);
  },

  end(): void {
    jest.useRealTimers();
    globalThis.setImmediate = realImmediate;
  },

  now: (): number => Date.now(),

  /** Goes to the next timer and lets it fire, with all others of that moment. */
  fireNextTimer(): void {
    jest.advanceTimersToNextTimer();
  },

  /** A moment so far from now, which has come when timers were fired until then. */
  in(ms: number): { readonly come: boolean } {
    const moment = { come: false };
    setTimeout(() => {
      moment.come = true;
    }, ms);
    return moment;
  },
};

/** Resolves when every flow waits for something that only the history can make happen. */
export async function quiet(): Promise<void> {
  do {
    await new Promise((resolve) => realImmediate(resolve));
  } while (immediates > 0);
}

function countedImmediate(callback: (...values: unknown[]) => void, ...values: unknown[]): NodeJS.Immediate {
  immediates += 1;
  return realImmediate(() => {
    immediates -= 1;
    callback(...values);
  });
}
