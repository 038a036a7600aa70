import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InvalidHandlerError } from './errors';
import { ServedAccounts } from './events';
import { HandlerExplorer, HandlerRegistry } from './handlers';
import { ApiVersionNotices } from './stripe-api';
import type { StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';

/** Checks at start that handlers and accounts fit, and says what is odd about the accounts. */
@Injectable()
export class StartChecks implements OnModuleInit {
  constructor(
    @Inject(STRIPE_SETTINGS) private readonly settings: StripeSettings,
    private readonly accounts: ServedAccounts,
    private readonly explorer: HandlerExplorer,
    private readonly registry: HandlerRegistry,
    private readonly versions: ApiVersionNotices,
  ) {}

  /** @throws {InvalidHandlerError} when a handler waits for the events of an account that is not served */
  onModuleInit(): void {
    this.explorer.explore();
    for (const { id, endpoint } of this.registry.all()) {
      if (endpoint !== undefined && this.accounts.find(endpoint) === undefined) {
        throw new InvalidHandlerError(
          id,
          `its endpoint "${endpoint}" is none of the accounts: ${this.accounts.names.join(', ')}.`,
        );
      }
    }
    for (const { name, apiVersion } of this.settings.accounts) {
      if (apiVersion !== null) {
        this.versions.pinned(name, apiVersion);
      }
    }
  }
}
