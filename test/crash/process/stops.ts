import type { Point, Report, Stop } from './protocol';

/** Tells the test. */
export function report(message: Report): void {
  process.send?.(message);
}

/** The points at which this process is stopped. */
class Stops {
  private stops: { readonly stop: Stop; left: number }[] = [];
  private waiting: (() => void)[] = [];

  set(stops: readonly Stop[]): void {
    this.stops = stops.map((stop) => ({ stop, left: stop.time ?? 1 }));
  }

  /** Does not return when this is where the process ends. */
  pass(point: Point): void {
    this.take(point, 'die');
  }

  /** Resolves when the process may go on. */
  async reach(point: Point): Promise<void> {
    this.pass(point);
    if (this.take(point, 'wait')) {
      const goingOn = new Promise<void>((resolve) => this.waiting.push(resolve));
      report({ kind: 'waiting', at: point });
      await goingOn;
    }
  }

  goOn(): void {
    this.waiting.splice(0).forEach((resolve) => resolve());
  }

  private take(point: Point, and: Stop['and']): boolean {
    const found = this.stops.find(({ stop, left }) => left > 0 && stop.at === point && stop.and === and);
    if (found === undefined) {
      return false;
    }
    found.left -= 1;
    if (found.left === 0 && and === 'die') {
      process.kill(process.pid, 'SIGKILL');
    }
    return found.left === 0;
  }
}

export const stops = new Stops();
