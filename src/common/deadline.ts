/** Settles like `work`, unless `ms` pass first: then it rejects with what `late` makes. The work itself goes on. */
export function withDeadline<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(late());
    }, ms);
    const end = (): void => {
      clearTimeout(timer);
    };
    work.then(end, end);
    work.then(resolve, reject);
  });
}
