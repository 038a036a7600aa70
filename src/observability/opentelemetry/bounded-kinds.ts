import { OTHER } from './names';

/** What Stripe's types look like; whatever does not may be anything. */
const KIND = /^[a-z0-9_.[\]]{1,100}$/;

/**
 * Tells only so many types apart, the first that come: each makes a time series of its own, for as long as the process
 * lives, and types come from outside. Stripe has some 300.
 */
export class BoundedKinds {
  private readonly known = new Set<string>();

  constructor(private readonly most = 400) {}

  of(kind: string): string {
    if (this.known.has(kind)) {
      return kind;
    }
    if (this.known.size >= this.most || !KIND.test(kind)) {
      return OTHER;
    }
    this.known.add(kind);
    return kind;
  }
}
