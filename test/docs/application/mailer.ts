import { Injectable } from '@nestjs/common';

/** Sends e-mails; what the documents' handlers do beside writing to the database. */
@Injectable()
export class Mailer {
  readonly sent: { readonly to: string; readonly text: string; readonly idempotencyKey: string }[] = [];

  send(mail: { to: string; text: string; idempotencyKey: string }, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sent.push(mail);
    return Promise.resolve();
  }
}
