/** Settles like the work, unless the signal is aborted first: then it rejects with the reason. The work itself goes on. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return orGivenUp(work, signal, 0);
}

/** Settles like the work, which is given so much time after the signal was aborted; then it rejects with the reason. */
export function orGivenUp<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      reject(signal.reason as Error);
    };
    const onAbort = (): void => {
      if (graceMs === 0) {
        giveUp();
      } else {
        timer = setTimeout(giveUp, graceMs);
      }
    };
    if (signal.aborted) {
      onAbort();
    } else {
      signal.addEventListener('abort', onAbort, { once: true });
    }
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  });
}
