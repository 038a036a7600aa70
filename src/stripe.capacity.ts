import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { LedgerDatabase } from './database';
import { HandlerRegistry } from './handlers';
import type { StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';

/** Says at start when handlers will wait for connections that the pool does not have. */
@Injectable()
export class CapacityCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('StripeEvents');

  constructor(
    private readonly database: LedgerDatabase,
    private readonly registry: HandlerRegistry,
    @Inject(STRIPE_SETTINGS) private readonly settings: StripeSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { pool } = this.database;
    const { processing } = this.settings;
    if (pool === null || processing === false || !this.registry.hasTransactional()) {
      return;
    }
    const { connections, transactions, keptFree } = pool;
    if (processing.concurrency > transactions) {
      this.logger.warn(
        `processing.concurrency is ${processing.concurrency}, but the pool of ${connections} has room for ${transactions} transactional handlers at a time; the others wait. Set poolSize to ${processing.concurrency + keptFree} or more.`,
      );
    }
  }
}
