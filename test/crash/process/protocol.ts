import type { StripeProcessingOptions } from 'nestjs-stripe-events';

/** With what the deliveries of the tests are signed. */
export const SECRET = 'whsec_made_up_for_crashes';

/** What of the database's work a process can be stopped at. */
export type Work =
  /** The storing of a delivery. */
  | 'delivery'
  /** The taking of due events. */
  | 'claim'
  /** The record of a plain handler's run, of an event's outcome, or of both together. */
  | 'record'
  /** The transaction of a transactional handler. */
  | 'transaction'
  /** The making of the ledger's second table. */
  | 'migration';

/** The handlers of the application under test. */
export type HandlerName = 'plain' | 'first' | 'second' | 'transactional' | 'mail' | 'booking';

/**
 * Where a process can be stopped. `begun`: before the statement is sent. `committing`: before what commits it is sent,
 * which for a statement without a transaction is the statement itself. `sent`: as soon as that is on its way to the
 * server. `committed`: as soon as it was answered. A handler has its effect between `begin` and `end`.
 */
export type Point = `${Work} ${'begun' | 'committing' | 'sent' | 'committed'}` | `${HandlerName} ${'begin' | 'end'}`;

/** What happens to the process when it gets somewhere: it is killed, or stays there until it is told to go on. */
export interface Stop {
  readonly at: Point;
  /** @default 1, the first time */
  readonly time?: number;
  readonly and: 'die' | 'wait';
}

/** What the application of a process is. */
export interface AppSettings {
  /** TypeORM's options of the database. */
  readonly dataSource: object;
  readonly migrationsRun: boolean;
  readonly processing: StripeProcessingOptions | false;
  /** Whether it has the endpoint. */
  readonly receives: boolean;
  /** The file that stands for the world outside the database. */
  readonly journal: string;
  readonly stops: readonly Stop[];
  /** The Stripe API that it may ask. */
  readonly stripeApi?: { readonly apiKey: string; readonly clientOptions: object };
  /** What it begins to fetch from there when it starts; it also goes on with what another process has begun. */
  readonly fetches?: 'missed events' | 'customers';
}

/** One line of the journal: what a handler did outside the database. */
export interface Effect {
  readonly event: string;
  readonly handler: string;
  readonly idempotencyKey: string;
}

/** What a process is told. */
export type Command =
  | { readonly kind: 'start'; readonly app: AppSettings }
  /** Everything that waits goes on. */
  | { readonly kind: 'go-on' }
  | { readonly kind: 'stop' };

/** What a process tells. */
export type Report =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started'; readonly port: number }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'waiting'; readonly at: Point }
  /** The application has begun to shut down. */
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' };
