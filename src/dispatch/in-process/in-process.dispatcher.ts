import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { EventDispatcher } from '../../events';
import type { DeadLetterAnnouncer, EventWorker } from '../../processing';

/** Handles events in this process; the worker finds those of other processes by itself. */
@Injectable()
export class InProcessDispatcher implements EventDispatcher, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly worker: EventWorker,
    private readonly deadLetters: DeadLetterAnnouncer,
  ) {}

  announce(): void {
    this.worker.knock();
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  /** Before the data source closes, which happens on application shutdown. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.stop();
    await this.deadLetters.drain();
  }
}
