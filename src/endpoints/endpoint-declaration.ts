import { InvalidRequestError } from '../errors';
import { isPattern } from '../handlers';

/** The webhook endpoint that the application wants to have at Stripe. */
export interface StripeEndpointDeclaration {
  /**
   * Where Stripe sends the events: the application's public address with the webhook's path. `https`, or, in test mode,
   * `http` as well.
   */
  readonly url: string;
  /**
   * What tells this endpoint from others of the same account that this module looks after: `connect`, for example, or
   * the name of a deployment. Kept in the endpoint's metadata. Another name is another endpoint. @default 'default'
   */
  readonly name?: string;
  /** The account of one's own, by its name in `accounts`. @default the only one, or the one called `default` */
  readonly accountName?: string;
  /** Types and families of types beside those that have handlers, e.g. to have them in the ledger. @default none */
  readonly types?: readonly string[];
  /**
   * In which form the events are delivered. Thin events need a destination of their own, with a secret of its own; its
   * types are those of the handlers whose names begin with `v1.` or `v2.`. @default 'snapshot'
   */
  readonly payload?: 'snapshot' | 'thin';
  /** Whether the events of connected accounts are meant, rather than one's own. Cannot be changed later. @default false */
  readonly connect?: boolean;
  /**
   * The version that the events are written in; null for the account's default. Cannot be changed later, and thin events
   * have none.
   * @default the account's `apiVersion`, or else the version its client speaks, whose types the handlers are written by
   */
  readonly apiVersion?: string | null;
  /** What the Dashboard shows beside the endpoint. @default none */
  readonly description?: string;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const PAYLOADS: ReadonlySet<unknown> = new Set(['snapshot', 'thin']);
const MOST_IN_DESCRIPTION = 5_000;

/** @throws {InvalidRequestError} naming every part that cannot be used */
export function checkDeclaration({ url, name, types = [], payload, description }: StripeEndpointDeclaration): void {
  const problems = [
    ...(isWebAddress(url)
      ? []
      : ['url must be an absolute http or https URL without a user, a password or a fragment']),
    ...(name === undefined || NAME.test(name) ? [] : ['name must be 1 to 64 letters, digits, ".", "_" or "-"']),
    ...(types.every(isPattern) ? [] : ['types must be event types, or families of types like customer.*']),
    ...(payload === undefined || PAYLOADS.has(payload) ? [] : ['payload must be "snapshot" or "thin"']),
    ...(description === undefined || description.length <= MOST_IN_DESCRIPTION ? [] : ['description is too long']),
  ];
  if (problems.length > 0) {
    throw new InvalidRequestError(problems);
  }
}

/** Whether two addresses are one: `https://a.example` and `https://a.example:443/` are. */
export function isSameUrl(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href);
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '' && hash === '';
}
