import { Logger } from '@nestjs/common';
import type { StripeDeadLetter } from 'nestjs-stripe-events';

/** Where an application would wake somebody: an event was given up, and waits for a replay. */
export function alertSomebody({ event, error }: StripeDeadLetter): void {
  const [reason] = error.split('\n', 1);
  new Logger('Alert').error(`Event ${event.stripeId} (${event.kind}) was given up: ${reason ?? ''}`);
}
