import type { Stripe } from 'stripe';

// Reached through methods of the client, the one form that every supported SDK has under every module resolution: since
// stripe 22 the CommonJS typings export `Stripe` by name as a bare type, without the namespace beside it.
type SnapshotEvent = ReturnType<Stripe['webhooks']['constructEvent']>;
type ThinNotification = ReturnType<Stripe['parseEventNotification']>;

/** A name of a snapshot event, such as `invoice.paid`, as the installed Stripe SDK lists them. */
export type StripeEventType = SnapshotEvent['type'];

/** A name of a thin event, such as `v2.core.account.updated`, as the installed Stripe SDK lists them. */
export type StripeThinEventType = ThinNotification['type'];

// SDKs before 23 do not know `snapshot_event` yet.
interface Envelope {
  /** Where to fetch the event and its object: an account, or a path of an organisation. */
  context?: string | null;
  /** The id of the snapshot event that tells of the same fact. */
  snapshot_event?: string | null;
}

type OnTheWire<N> = N extends unknown
  ? Omit<N, 'context' | 'fetchEvent' | 'fetchRelatedObject' | 'snapshot_event'> & Envelope
  : never;

/**
 * A thin event as it is delivered and stored: it names its object in `related_object` and carries no `data`.
 *
 * It is plain data. To fetch what it is about, use `fetchRelatedObject()` and `fetchEvent()` of the handler's context.
 */
export type StripeThinEvent = OnTheWire<ThinNotification>;

type PrefixOf<Name extends string> = Name extends `${infer Head}.${infer Rest}`
  ? Head | `${Head}.${PrefixOf<Rest>}`
  : never;

/**
 * What a handler can ask for: a name, `'*'` for every event, or all names below a prefix: `'customer.*'` stands for
 * `customer.created` and for `customer.subscription.updated`.
 */
export type StripeEventPattern =
  '*' | StripeEventType | StripeThinEventType | `${PrefixOf<StripeEventType | StripeThinEventType>}.*`;

type OfType<Event, Type extends string> = Extract<Event, { type: Type }>;

/**
 * The event a handler of this pattern is given; of several patterns, the union.
 *
 * `'*'` is typed as a snapshot event. Where a thin destination delivers to the same endpoint, those events come too:
 * declare the parameter as `StripeEventOf<'*'> | StripeThinEvent` and look at `event.object`.
 */
export type StripeEventOf<P extends StripeEventPattern> = P extends '*'
  ? SnapshotEvent
  : P extends `${infer Prefix}.*`
    ? OfType<SnapshotEvent | StripeThinEvent, `${Prefix}.${string}`>
    : OfType<SnapshotEvent | StripeThinEvent, P>;

/** A thin event of this name as `fetchEvent()` gives it: with its `data` and `changes`, where that type has any. */
export type StripeFetchedEventOf<P extends StripeThinEventType> = P extends unknown
  ? Omit<Awaited<ReturnType<OfType<ThinNotification, P>['fetchEvent']>>, 'fetchRelatedObject'>
  : never;

/** The object that a thin event of this name is about, as `fetchRelatedObject()` gives it; `never` where it names none. */
export type StripeRelatedObjectOf<P extends StripeThinEventType> = P extends unknown
  ? OfType<ThinNotification, P> extends { fetchRelatedObject(): Promise<infer Related> }
    ? Related
    : never
  : never;
