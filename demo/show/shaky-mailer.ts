import { Mailer, type Mail } from '../mail/mailer';

/** A mail provider that fails when it is told to, and remembers what it sent, so that both can be shown. */
export class ShakyMailer extends Mailer {
  private readonly sent = new Map<string, Mail>();
  private readonly failuresLeft = new Map<Mail['template'], number>();

  /** The next letters of this template fail, so many times. */
  failNext(template: Mail['template'], times: number): void {
    this.failuresLeft.set(template, times);
  }

  override send(mail: Mail): Promise<void> {
    const failures = this.failuresLeft.get(mail.template) ?? 0;
    if (failures > 0) {
      this.failuresLeft.set(mail.template, failures - 1);
      return Promise.reject(new Error('The mail provider does not answer.'));
    }
    this.sent.set(mail.idempotencyKey, mail);
    return Promise.resolve();
  }

  /** What somebody got, in the order of the alphabet. */
  lettersTo(address: string): string[] {
    const letters = [...this.sent.values()].filter(({ to }) => to === address);
    return letters.map(({ template }) => template).sort();
  }
}
