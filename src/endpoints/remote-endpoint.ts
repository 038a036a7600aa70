/** A webhook endpoint as Stripe's API gives it (https://docs.stripe.com/api/webhook_endpoints/object), or what a destination has of one. */
export interface RemoteEndpoint {
  readonly id: string;
  readonly api_version: string | null;
  readonly description: string | null;
  readonly enabled_events: readonly string[];
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** `enabled` or `disabled`. */
  readonly status: string;
  readonly url: string;
  /** Only in the answer to its creation. */
  readonly secret?: string;
}

const NAME_KEY = 'nestjs_stripe_events';
const CONNECT_KEY = 'nestjs_stripe_events_connect';

/** What this module has written on an endpoint. */
export interface EndpointMark {
  /** The name it was declared by; undefined where this module does not look after the endpoint. */
  readonly name: string | undefined;
  /** Whether it was made for connected accounts; undefined where nobody has said. */
  readonly connect: boolean | undefined;
}

/** Reads the mark of an endpoint. */
export function markOf({ metadata }: Pick<RemoteEndpoint, 'metadata'>): EndpointMark {
  const connect = metadata?.[CONNECT_KEY];
  return { name: metadata?.[NAME_KEY], connect: connect === undefined ? undefined : connect === 'true' };
}

/** Whether this module looks after the endpoint. */
export function isOwned(endpoint: Pick<RemoteEndpoint, 'metadata'>): boolean {
  return markOf(endpoint).name !== undefined;
}

/** The metadata that marks an endpoint; whose events it is for only where that is known. */
export function metadataOf({ name = 'default', connect }: Partial<EndpointMark>): Record<string, string> {
  return { [NAME_KEY]: name, ...(connect === undefined ? {} : { [CONNECT_KEY]: String(connect) }) };
}
