import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InvalidOptionsError, InvalidRequestError } from './errors';
import { checkHandlers, HandlerDirectory } from './events';
import type { StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';

/** Checks what the options say of handlers, which are known only when the whole application is made. */
@Injectable()
export class HandlerNamesCheck implements OnApplicationBootstrap {
  constructor(
    @Inject(STRIPE_SETTINGS) private readonly settings: StripeSettings,
    @Inject(HandlerDirectory) private readonly handlers: HandlerDirectory,
  ) {}

  /** @throws {InvalidOptionsError} when a handler is named that is not there */
  onApplicationBootstrap(): void {
    const { missedWhenLinked, missedWhenDescribed } = this.settings.customers;
    try {
      checkHandlers((missedWhenLinked ?? missedWhenDescribed)?.handlers, this.handlers);
    } catch (error) {
      const problems = error instanceof InvalidRequestError ? error.problems : [];
      throw new InvalidOptionsError(problems.map((problem) => `customers.replayMissed.handlers: ${problem}`));
    }
  }
}
