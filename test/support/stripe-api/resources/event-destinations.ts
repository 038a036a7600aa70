import { randomBytes } from 'node:crypto';
import { THIN_TYPES } from '../../../../src/endpoints/thin-types';
import { invalid, noSuch } from '../api-error';
import { textOf, textsOf, type Parameters } from '../parameters';
import type { ApiCall, Route } from '../route';

/** An event destination: https://docs.stripe.com/api/v2/core/event_destinations/object. */
export interface EventDestinationObject {
  readonly id: string;
  readonly object: 'v2.core.event_destination';
  readonly created: string;
  readonly description: string;
  readonly enabled_events: readonly string[];
  readonly event_payload: string;
  readonly events_from: readonly string[];
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly name: string;
  readonly status: 'enabled' | 'disabled';
  readonly type: string;
  readonly url: string;
}

const PATH = '/v2/core/event_destinations';
const KNOWN = new Set<string>(THIN_TYPES);

/** Version 2 of the API: a destination's address and its secret are said only to whoever asks for them. */
export const eventDestinationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    answer: (call) => {
      const data = [...call.account.eventDestinations.values()].map((one) => shown(one, textsOf(call.query.include)));
      return { data, next_page_url: null, previous_page_url: null };
    },
  },
  { method: 'GET', path: `${PATH}/:id`, answer: (call) => shown(destinationOf(call), textsOf(call.query.include)) },
  {
    method: 'POST',
    path: PATH,
    answer: ({ account, body, nowSeconds }) => {
      const destination: EventDestinationObject = {
        ...{ id: `ed_test_${randomBytes(12).toString('hex')}`, object: 'v2.core.event_destination', status: 'enabled' },
        ...{
          created: new Date(nowSeconds * 1_000).toISOString(),
          livemode: account.livemode,
          name: textOf(body.name)!,
        },
        ...{ event_payload: textOf(body.event_payload)!, type: textOf(body.type)! },
        events_from: textsOf(body.events_from) ?? ['@self'],
        description: textOf(body.description) ?? '',
        enabled_events: typesIn(body),
        metadata: metadataIn(body),
        url: urlIn(body)!,
      };
      account.eventDestinations.set(destination.id, destination);
      return shown(destination, textsOf(body.include), `whsec_${randomBytes(16).toString('hex')}`);
    },
  },
  {
    method: 'POST',
    path: `${PATH}/:id`,
    answer: (call) => {
      const { body } = call;
      const destination = destinationOf(call);
      return changed(call, {
        description: textOf(body.description) ?? destination.description,
        enabled_events: body.enabled_events === undefined ? destination.enabled_events : typesIn(body),
        metadata: { ...destination.metadata, ...metadataIn(body) },
        url: urlIn(body) ?? destination.url,
      });
    },
  },
  { method: 'POST', path: `${PATH}/:id/enable`, answer: (call) => changed(call, { status: 'enabled' }) },
  { method: 'POST', path: `${PATH}/:id/disable`, answer: (call) => changed(call, { status: 'disabled' }) },
];

function changed(call: ApiCall, changes: Partial<EventDestinationObject>): object {
  const now = { ...destinationOf(call), ...changes };
  call.account.eventDestinations.set(now.id, now);
  return shown(now, textsOf(call.body.include));
}

function destinationOf({ account, id }: ApiCall): EventDestinationObject {
  const destination = account.eventDestinations.get(id);
  if (destination === undefined) {
    throw noSuch('event destination', id);
  }
  return destination;
}

function shown({ url, ...rest }: EventDestinationObject, include: readonly string[] = [], secret?: string): object {
  return {
    ...rest,
    webhook_endpoint: {
      url: include.includes('webhook_endpoint.url') ? url : null,
      signing_secret: include.includes('webhook_endpoint.signing_secret') ? (secret ?? null) : null,
    },
  };
}

function typesIn(body: Parameters): readonly string[] {
  const types = textsOf(body.enabled_events) ?? [];
  if (types.length === 0 || !types.every((type) => KNOWN.has(type))) {
    throw invalid('Invalid enabled_events.', 'enabled_events');
  }
  return types;
}

function urlIn({ webhook_endpoint: endpoint }: Parameters): string | undefined {
  return textOf((endpoint as Parameters | undefined)?.url);
}

function metadataIn({ metadata = {} }: Parameters): Record<string, string> {
  return metadata as Record<string, string>;
}
