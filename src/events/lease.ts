/** The right to handle an event, which ends when another worker takes it. */
export interface Lease {
  readonly id: string;
  readonly leaseNo: number;
  readonly replayNo: number;
}

/** How workers hold events. */
export interface LeasePolicy {
  /** How long a worker may be silent before its events are another's, in milliseconds. */
  readonly leaseMs: number;
  /** How long replayed events are left alone after there were none, in milliseconds: asking is a statement. */
  readonly replayRestMs: number;
  /** How long an event waits for an earlier one of its object, in milliseconds; null where objects have no order. */
  readonly orderingPatienceMs: number | null;
}
