/** An event that has become dead just now. */
export interface DeadEvent {
  /** The row id of the event. */
  readonly id: string;
  /** Why, without secrets. */
  readonly error: string;
}

/** Is told of events once the commit that made them dead is done. Never throws. */
export type DeadEventListener = (dead: readonly DeadEvent[]) => void;
