/** How far a catch-up is, as its checkpoint has it. */
export interface CatchUpPosition {
  /** From when on events are listed, in epoch milliseconds. */
  readonly fromMs: number;
  /** Whether older events were asked for than Stripe keeps. */
  readonly outOfReach: boolean;
  /** Whether all before `fromMs` had been fetched: only then is what is fetched now a part of one whole. */
  readonly joins: boolean;
  /** The newest event that is through; null before the first. */
  readonly last: { readonly id: string; readonly created: number } | null;
}

/** The checkpoint of a run. */
export function writePosition(position: CatchUpPosition): string {
  return JSON.stringify(position);
}

/** What a run's checkpoint says; null before it has one. */
export function readPosition(checkpoint: string | null): CatchUpPosition | null {
  return checkpoint === null ? null : (JSON.parse(checkpoint) as CatchUpPosition);
}
