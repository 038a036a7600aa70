import type { Beginning } from './catch-up.beginning';

/** How far a catch-up is, as its checkpoint has it. */
export interface CatchUpPosition extends Beginning {
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
