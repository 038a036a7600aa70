import { randomBytes } from 'node:crypto';
import { SNAPSHOT_TYPES } from '../../../../src/endpoints/snapshot-types';
import { invalid, noSuch } from '../api-error';
import { Collection, type Item } from '../collection';
import { listOf } from '../list';
import { textOf, textsOf, type Parameters } from '../parameters';
import type { ApiCall, Route } from '../route';

/** A webhook endpoint: https://docs.stripe.com/api/webhook_endpoints/object. */
export interface WebhookEndpointObject extends Item {
  readonly object: 'webhook_endpoint';
  readonly api_version: string | null;
  readonly application: null;
  readonly description: string | null;
  readonly enabled_events: readonly string[];
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'enabled' | 'disabled';
  readonly url: string;
}

const MOST_ENDPOINTS = 16;
const KNOWN = new Set<string>(['*', ...SNAPSHOT_TYPES]);

/** The webhook endpoints of an account, and whose events each of them is for, which the API does not tell. */
export class WebhookEndpoints extends Collection<WebhookEndpointObject> {
  readonly connect = new Map<string, boolean>();

  constructor() {
    super('webhook endpoint');
  }
}

export const webhookEndpointRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    answer: ({ account, query }) =>
      listOf('/v1/webhook_endpoints', account.webhookEndpoints, query, { matches: () => true }),
  },
  { method: 'GET', path: '/v1/webhook_endpoints/:id', answer: endpointOf },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    answer: ({ account, body, nowSeconds: created }) => {
      if (account.webhookEndpoints.size >= MOST_ENDPOINTS) {
        throw invalid(`You have reached the maximum of ${MOST_ENDPOINTS} webhook endpoints.`, 'url');
      }
      const endpoint: WebhookEndpointObject = {
        ...{ id: `we_${randomBytes(12).toString('hex')}`, object: 'webhook_endpoint', created, application: null },
        ...{ livemode: account.livemode, status: 'enabled', api_version: textOf(body.api_version) ?? null },
        description: textOf(body.description) ?? null,
        metadata: metadataIn(body),
        enabled_events: typesIn(body),
        url: urlIn(body, account.livemode),
      };
      account.webhookEndpoints.put(endpoint);
      account.webhookEndpoints.connect.set(endpoint.id, body.connect === 'true');
      return { ...endpoint, secret: `whsec_${randomBytes(16).toString('hex')}` };
    },
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    answer: (call) => {
      const { account, body } = call;
      refuseUnknown(body, ['description', 'disabled', 'enabled_events', 'metadata', 'url']);
      const endpoint = endpointOf(call);
      const changed: WebhookEndpointObject = {
        ...endpoint,
        description: textOf(body.description) ?? endpoint.description,
        metadata: { ...endpoint.metadata, ...metadataIn(body) },
        enabled_events: body.enabled_events === undefined ? endpoint.enabled_events : typesIn(body),
        url: body.url === undefined ? endpoint.url : urlIn(body, endpoint.livemode),
        status: body.disabled === undefined ? endpoint.status : body.disabled === 'true' ? 'disabled' : 'enabled',
      };
      account.webhookEndpoints.put(changed);
      return changed;
    },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    answer: (call) => {
      const { id } = endpointOf(call);
      call.account.webhookEndpoints.delete(id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  },
];

function endpointOf({ account, id }: ApiCall): WebhookEndpointObject {
  const endpoint = account.webhookEndpoints.get(id);
  if (endpoint === undefined) {
    throw noSuch('webhook endpoint', id);
  }
  return endpoint;
}

function typesIn(body: Parameters): readonly string[] {
  const types = textsOf(body.enabled_events) ?? [];
  if (types.length === 0 || !types.every((type) => KNOWN.has(type))) {
    throw invalid('Invalid enabled_events.', 'enabled_events');
  }
  return types;
}

function urlIn(body: Parameters, livemode: boolean): string {
  const url = textOf(body.url) ?? '';
  if (!/^https?:\/\//.test(url) || (livemode && !url.startsWith('https://'))) {
    throw invalid('Invalid URL: webhook endpoints must use https in live mode.', 'url');
  }
  return url;
}

function metadataIn(body: Parameters): Record<string, string> {
  const entries = Object.entries((body.metadata ?? {}) as Parameters);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function refuseUnknown(body: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalid(`Received unknown parameter: ${unknown}`, unknown);
  }
}
