import { Logger } from '@nestjs/common';

/** One letter to a user. */
export interface Mail {
  readonly template: 'welcome' | 'receipt' | 'payment-failed';
  readonly to: string;
  /** A provider that has seen this key before sends nothing again. */
  readonly idempotencyKey: string;
}

/** The application's way to its mail provider. */
export abstract class Mailer {
  /** Resolves once the provider has the letter. Give up when `signal` says that nobody waits any more. */
  abstract send(mail: Mail, signal: AbortSignal): Promise<void>;
}

/** Stands in for a provider: says that there was a letter, and not to whom. */
export class LogMailer extends Mailer {
  private readonly logger = new Logger('Mail');

  override send({ template, idempotencyKey }: Mail): Promise<void> {
    this.logger.log(`Letter "${template}" sent with the key ${idempotencyKey}`);
    return Promise.resolve();
  }
}
