import type { EventDispatcher } from '../events';

/** For processes that only receive: the workers of other processes find the events by themselves. */
export class SilentDispatcher implements EventDispatcher {
  announce(): void {
    // Nobody here to tell.
  }
}
