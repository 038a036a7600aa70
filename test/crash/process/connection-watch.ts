import type { Work } from './protocol';
import { stops } from './stops';

/** What a statement is about, by what only it does. The first that fits counts. */
const WORK: readonly (readonly [Work, RegExp])[] = [
  ['migration', /CREATE TABLE.*\bstripe_event_payload\b/s],
  ['delivery', /INSERT INTO\W+stripe_event\b/],
  ['transaction', /INSERT INTO effect\b/],
  ['claim', /\blease_no = lease_no \+ 1\b/],
  ['record', /INSERT INTO\W+stripe_event_handler_run\b|UPDATE\W+stripe_event\b(?!.*\blost \+ 1\b).*\bstatus = /s],
];

/** Follows the statements of one connection, and stops the process where a test wants that. */
export class ConnectionWatch {
  private transaction: string[] | null = null;

  /** Before the statement is sent. */
  before(sql: string): void {
    const begun = workOf([sql]);
    if (begun !== undefined) {
      stops.pass(`${begun} begun`);
    }
    const committing = this.committedBy(sql);
    if (committing !== undefined) {
      stops.pass(`${committing} committing`);
    }
    this.transaction?.push(sql);
  }

  /** When the statement is on its way to the server. */
  sent(sql: string): void {
    const sent = this.committedBy(sql);
    if (sent !== undefined) {
      stops.pass(`${sent} sent`);
    }
  }

  /**
   * As soon as the statement was answered.
   *
   * @param rows how many rows it gave, where the driver says so
   */
  after(sql: string, rows: number | undefined): void {
    const committed = this.committedBy(sql);
    // Looking for due events when there are none is no claim.
    if (committed !== undefined && !(committed === 'claim' && rows === 0)) {
      stops.pass(`${committed} committed`);
    }
    if (/^\s*(BEGIN|START TRANSACTION)/i.test(sql)) {
      this.transaction = [];
    } else if (/^\s*(COMMIT|ROLLBACK)/i.test(sql)) {
      this.transaction = null;
    }
  }

  private committedBy(sql: string): Work | undefined {
    if (this.transaction === null) {
      return workOf([sql]);
    }
    return /^\s*COMMIT/i.test(sql) ? workOf(this.transaction) : undefined;
  }
}

function workOf(statements: readonly string[]): Work | undefined {
  return WORK.find(([, pattern]) => statements.some((sql) => pattern.test(sql)))?.[0];
}
