/** Admits a number of things per span of time, and no more. */
export class RateLimit {
  private admitted = 0;
  private startedMs = 0;

  constructor(private readonly limit: { readonly most: number; readonly perMs: number }) {}

  /** Whether one more is within the limit, which counts it. */
  admits(nowMs: number = Date.now()): boolean {
    if (nowMs - this.startedMs >= this.limit.perMs) {
      this.startedMs = nowMs;
      this.admitted = 0;
    }
    this.admitted += 1;
    return this.admitted <= this.limit.most;
  }
}
