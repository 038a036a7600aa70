/** What happens to a request instead of its answer, or before it. */
export type Fault =
  /** An answer of this status; 429 and 503 may say when to come again. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The answer, this much later. */
  | { readonly delayMs: number }
  /** The answer, with its last bytes missing. */
  | 'cut-off'
  /** The connection is closed, without a word. */
  | 'hang-up'
  /** No answer at all. */
  | 'silence';

/** A request that waits until the test lets it go on. */
export interface HeldRequest {
  /** Settles when the request is there. */
  readonly reached: Promise<void>;
  release(): void;
}

interface Planned {
  /** So many requests pass before it. */
  skip: number;
  left: number;
  readonly path: string;
  readonly fault: Fault | HeldAt;
}

interface HeldAt {
  readonly reach: () => void;
  readonly released: Promise<void>;
}

/** Faults that a test has planned, used up in their order. */
export class Faults {
  private readonly planned: Planned[] = [];

  /** The next requests whose path starts with this one meet the fault. */
  next(count: number, fault: Fault, path = '/'): void {
    this.planned.push({ skip: 0, left: count, path, fault });
  }

  /** Holds the next request whose path starts with this one, after some that pass. */
  hold(path = '/', passing = 0): HeldRequest {
    let reach = (): void => undefined;
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.planned.push({ skip: passing, left: 1, path, fault: { reach, released } });
    return { reached, release };
  }

  clear(): void {
    this.planned.length = 0;
  }

  /** The fault of a request, once what holds it has let it go. */
  async of(path: string): Promise<Fault | null> {
    const plan = this.planned.find((one) => one.left > 0 && path.startsWith(one.path));
    if (plan === undefined) {
      return null;
    }
    if (plan.skip > 0) {
      plan.skip--;
      return null;
    }
    plan.left--;
    const { fault } = plan;
    if (typeof fault !== 'object' || !('reach' in fault)) {
      return fault;
    }
    fault.reach();
    await fault.released;
    return null;
  }
}
