import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type Stripe from 'stripe';
import type { AdminOptions } from './admin';
import type { StripeOwnerResolver, StripeReplayMissed } from './customers';
import type { StripeTableOptions } from './database';
import type { OtherApiVersion } from './events';
import type { StripeDeadLetter } from './processing';
import type { StripeScope } from './stripe-api';

/** How stored events are handled in this process. */
export interface StripeProcessingOptions {
  /**
   * Most events whose handlers run at the same time; a few more are claimed ahead while handlers are quick. More than
   * the connection pool has left, and transactional handlers wait for each other. @default 10
   */
  readonly concurrency?: number;
  /**
   * How often a handler is called for an event before it is a dead letter. Too few, and an outage of an afternoon leaves
   * dead letters. @default 16, which take 51 hours at most, and half of that on average
   */
  readonly maxAttempts?: number;
  /** How long a failed event waits: anywhere up to `baseMs * factor ** (attempt - 1)`, never longer than `maxMs`. */
  readonly backoff?: {
    /** The longest wait after the first failure, in milliseconds. @default 10_000 */
    readonly baseMs?: number;
    /** How much longer each further wait may be; 1, and it does not grow. @default 3 */
    readonly factor?: number;
    /** No wait is longer than this, in milliseconds. @default 21_600_000, six hours */
    readonly maxMs?: number;
  };
  /**
   * How long a worker may be silent before its events are another's, in milliseconds; it is renewed while a handler runs.
   * Too short, and a pause of the process makes events run twice. @default 60_000
   */
  readonly leaseMs?: number;
  /**
   * How long one call of a handler may take, in milliseconds. Too long, and a handler that hangs holds its place, and
   * perhaps a connection, for as long. @default 55_000
   */
  readonly handlerTimeoutMs?: number;
  /**
   * How long running handlers may go on when the application stops, in milliseconds. Longer than the platform waits before
   * it kills the process, and their events wait for their leases to run out. @default 25_000
   */
  readonly shutdownTimeoutMs?: number;
  /**
   * How often due events are looked for that nobody announced here, in milliseconds: other processes', and retries. So
   * long they may wait beyond their time. @default 1_000
   */
  readonly sweepMs?: number;
  /**
   * Called when an event is given up, e.g. to alert somebody: after the commit that made it dead, in the process that did
   * it, once for each time it dies. Nothing waits for it, so when many events die together many calls are under way; what
   * it throws is logged. At most once, not at least once: a process that crashes right after the commit calls nobody. The
   * list and the statistics always show the dead events. @default none
   */
  readonly onDeadLetter?: (letter: StripeDeadLetter) => unknown;
  /**
   * `object`: two events of one Stripe object are never handled at the same time, and of those that wait here the earlier
   * one goes first: by Stripe's `created`, which counts seconds, then by arrival. An earlier one that waits for its retry
   * holds back the later ones, see `orderingPatienceMs`; events of other objects are not held up. All processes on one
   * database need the same setting, and a claim costs some statements more.
   *
   * It is no promise that events are handled in the order they happened in: Stripe delivers in any order, and an event
   * that arrives after a later one was handled is handled late. `fetchLatest()` is the cure for that. @default 'none'
   */
  readonly ordering?: 'none' | 'object';
  /**
   * With `ordering: 'object'`, how long a due event waits for an earlier one of its object that is to be tried again, in
   * milliseconds; the wait for one that is being handled is not limited. Too long, and one event whose handler fails
   * keeps all later ones of its object waiting each time; 0 waits for nobody's retry. @default 300_000
   */
  readonly orderingPatienceMs?: number;
  /**
   * What becomes of the second of two events that tell of one fact: a thin event and the snapshot event that it names, such
   * as `v1.customer.created` and `customer.created`, where both kinds have handlers. The first is whichever is handled
   * first; also when it fails, or is given up, the other does not take its place. All processes on one database need the
   * same setting.
   *
   * `first-wins`: the second is ignored, with the reason `twin`; what a handler of it alone would have done is not done.
   * `once-per-handler`: a handler that asks for both is not called for the second; the others are. @default 'handle-both'
   */
  readonly pairing?: 'handle-both' | 'first-wins' | 'once-per-handler';
}

/** What is done with customers when events concern them. */
export interface StripeCustomerOptions {
  /**
   * Says which of the application's users a customer is, before the handlers of an event run: one resolver, or several,
   * of which the first answer counts. Asked only about customers without an owner. @default none: owners are linked by
   * `linkOwner()` alone
   */
  readonly owner?: StripeOwnerResolver | readonly StripeOwnerResolver[];
  /**
   * Whether the resolvers are asked about customers of connected accounts too. Whoever runs such an account writes its
   * customers' metadata and its sessions, and can name anybody in them. @default false
   */
  readonly ownersOfConnectedAccounts?: boolean;
  /**
   * Which events of a customer are handled again when it becomes known whose, or who, it is. Name the handlers: without,
   * all run again, also those that send mail. @default none
   */
  readonly replayMissed?: StripeReplayMissed;
}

/** What belongs to one Stripe account: given to the module itself, or to each of its `accounts`. */
export type StripeAccountOptions = Pick<
  StripeModuleOptions,
  'apiKey' | 'client' | 'clientOptions' | 'webhookSecret' | 'livemode' | 'apiVersion' | 'onOtherApiVersion'
>;

/** How missed events are fetched from the Stripe API without being asked for. */
export interface StripeCatchUpScheduleOptions {
  /**
   * How often, in milliseconds; once in all processes. Too often, and it uses up requests that others of the account need:
   * each lists the events of `overlapMs` anew. @default 900_000, a quarter of an hour
   */
  readonly everyMs?: number;
  /** Whether to begin when the application starts, which may be after a gap. @default true */
  readonly atStart?: boolean;
  /**
   * Whether thin events are fetched as well, which Stripe has in a list of their own (`/v2/core/events`); for an endpoint
   * that receives them. @default false
   */
  readonly thin?: boolean;
  /**
   * How far before the latest listed event each one begins, in milliseconds. Too short, and an event that turns up in
   * Stripe's list after newer ones is missed. @default 900_000
   */
  readonly overlapMs?: number;
  /**
   * Connected accounts, `acct_…`, whose events are fetched too; a function is asked each time, with the name of the account
   * they are connected to. Each costs requests of its own. @default none
   */
  readonly connectedAccounts?:
    readonly string[] | ((endpoint: string) => readonly string[] | Promise<readonly string[]>);
}

/** Options that are known when the application runs; a factory may give them. */
export interface StripeModuleOptions {
  /**
   * Several Stripe accounts by their names, each with options of its own instead of the seven below. Events and customers
   * carry the name of their account as `endpoint`, so renaming one makes it another account. One account's secrets never
   * vouch for another's events, and one event id with two accounts is two events. @default one account, called 'default'
   */
  readonly accounts?: Readonly<Record<string, StripeAccountOptions>>;
  /** The secret key of the Stripe API, `sk_…` or `rk_…`. Only handlers that call Stripe need it. */
  readonly apiKey?: string;
  /** A client of one's own instead of `apiKey`; a function of the scope where events come from connected accounts. */
  readonly client?: Stripe | ((scope: StripeScope) => Stripe);
  /** Passed to `new Stripe()`. */
  readonly clientOptions?: Stripe.StripeConfig;
  /**
   * The endpoint's signing secret, `whsec_…`, or several: the first that verifies wins. Needed while there is an endpoint;
   * blank, and the application does not start.
   */
  readonly webhookSecret?: string | readonly string[];
  /**
   * The mode that is handled; events of the other are stored and ignored. Both where it is not given: a live endpoint of
   * Connect gets test events too (https://docs.stripe.com/connect/webhooks).
   */
  readonly livemode?: boolean;
  /**
   * The API version that the endpoint at Stripe writes events in, e.g. `2026-10-28.endive`; any where it is not given. The
   * log says at start when the SDK speaks that of another release, and so has other types.
   */
  readonly apiVersion?: string;
  /**
   * With `apiVersion`, what is done with an event of another release: it is handled; or stored and ignored, until it comes
   * in the right one; or refused with 400 and not stored, so that Stripe sends it again, which is how Stripe's guide
   * changes versions (https://docs.stripe.com/webhooks/versioning). Refusing what comes in no other version any more
   * loses it when Stripe gives up, after three days. @default 'process'
   */
  readonly onOtherApiVersion?: OtherApiVersion;
  /**
   * How far a signature's time may be from now, in seconds, into the past and into the future. Too small, and a host whose
   * clock is a little off refuses everything. @default 300, as in Stripe's libraries (https://docs.stripe.com/webhooks)
   */
  readonly toleranceSeconds?: number;
  /**
   * Longest body that is taken, in bytes; a longer one is answered 413, and never received. Stripe publishes no bound.
   * @default 2_097_152
   */
  readonly maxBodyBytes?: number;
  /**
   * How long a delivery waits to be stored before it is answered 503, in milliseconds; Stripe sends it again. Too long, and
   * requests pile up while the database does not answer. @default 900
   */
  readonly storageTimeoutMs?: number;
  /** Most deliveries that wait to be stored; one more is answered 503 at once. @default 500 */
  readonly maxWaitingDeliveries?: number;
  /** How events are handled here; false in a process that only receives. @default {} */
  readonly processing?: StripeProcessingOptions | false;
  /**
   * How long settled events are kept; false for ever. Older ones that succeeded or were ignored are deleted with their
   * bodies and runs, hourly, by the processes that handle events; pending and dead ones never. Fewer than 30 days, and an
   * event that is sent again from Stripe's Dashboard can be handled a second time. @default { days: 90 }
   */
  readonly retention?:
    | {
        /** How many days after it was settled an event is deleted; a whole number from 1. @default 90 */
        readonly days: number;
      }
    | false;
  /** Whose customers are, and what is done when that becomes known. @default {} */
  readonly customers?: StripeCustomerOptions;
  /**
   * Fetches events that were missed by itself, in the processes that handle events; it needs the Stripe API. False, and
   * only when asked: `StripeCatchUpService`, or the administration. @default false
   */
  readonly catchUp?: StripeCatchUpScheduleOptions | false;
  /** The token of the administration, when it is not known before the application runs. See `admin`. */
  readonly adminToken?: string;
}

/** Options that decide what the module consists of, and so must be known when it is imported. */
export interface StripeModuleStructure {
  /**
   * The webhook's path; false for no endpoint, only `add()`. With `accounts`, a path for each by its name, where nothing
   * but its own secrets verifies; or one for all of them, where the secret says whose a delivery is.
   * @default 'stripe/webhook'
   */
  readonly webhookPath?: string | Readonly<Record<string, string>> | false;
  /** The application's own decorators for the webhook's controller, e.g. one that exempts it from a global guard. */
  readonly webhookDecorators?: readonly ClassDecorator[];
  /** The administration's path and who may use it. @default false */
  readonly admin?: AdminOptions | false;
  /** The name of the data source, where the application has several. @default the default one */
  readonly dataSource?: string;
  /** A prefix or a schema for the tables. @default none */
  readonly tables?: StripeTableOptions;
  /** Whether the module's services can be injected everywhere without importing it. @default true */
  readonly isGlobal?: boolean;
  /** Modules whose providers the guard of the administration needs. */
  readonly imports?: readonly (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}
