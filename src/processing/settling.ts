import type { Stop } from '../common';

/** Settles like the work, unless it is stopped first: then it rejects with the reason. The work itself goes on. */
export function orAborted<T>(work: Promise<T>, stop: Stop): Promise<T> {
  return orGivenUp(work, stop, 0);
}

/** Settles like the work, which is given so much time after it was stopped; then it rejects with the reason. */
export function orGivenUp<T>(work: Promise<T>, stop: Stop, graceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      reject(stop.reason ?? new Error('stopped'));
    };
    const leave = stop.onAbort(() => {
      if (graceMs === 0) {
        giveUp();
      } else {
        timer = setTimeout(giveUp, graceMs);
      }
    });
    const end = (): void => {
      clearTimeout(timer);
      leave();
    };
    work.then(end, end);
    work.then(resolve, reject);
  });
}
