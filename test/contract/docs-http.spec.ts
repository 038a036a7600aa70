import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { OnStripeEvent, StripeCatchUpService, UnrecoverableEventError } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { readDocument, sectionsOf, type Section } from '../docs/markdown';
import { realRoutes } from '../docs/real-routes';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, startStripeApi, type StripeApi, type WebhookEndpointObject } from '../support/stripe-api';

const sections = sectionsOf(readDocument('docs/reference/http-api.md'), 3).filter(({ heading }) =>
  /^[A-Z]+ \//.test(heading.text),
);
const EVENT = buildEvent({
  id: 'evt_1',
  type: 'invoice.paid',
  object: { id: 'in_1', object: 'invoice', customer: 'cus_1', amount_paid: 4_900 },
});
const DEAD = buildEvent({ id: 'evt_2', type: 'charge.failed' });
const LEADING_HERE: WebhookEndpointObject = {
  ...{ id: 'we_1', object: 'webhook_endpoint', created: 1_700_000_000, livemode: false, application: null },
  ...{ api_version: null, description: null, enabled_events: ['invoice.paid'], metadata: {}, status: 'enabled' },
  url: 'https://shop.example/stripe/webhook',
};
/** What the parameters of the paths stand for here. */
const KNOWN: Record<string, string> = {
  '/events/:stripeId/discard': '/events/evt_2/discard',
  '/events/:stripeId': '/events/evt_1',
  '/customers/:stripeId': '/customers/cus_1',
};
/** What is for browsers, and answers with files. */
const PAGES = ['GET /stripe/admin', 'GET /stripe/admin/:file'];
const api = sections.filter(({ heading }) => !PAGES.includes(heading.text));
/** Fields whose content is the sender's, so that an example need not have all of it. */
const FREE = new Set(['message', 'address', 'shipping', 'invoiceSettings', 'metadata', 'preferredLocales']);

@Injectable()
class Billing {
  @OnStripeEvent('invoice.paid', { id: 'keep-payment' })
  onPaid(): void {
    // The run itself is what the examples show.
  }

  @OnStripeEvent('charge.failed', { id: 'give-up' })
  onFailed(): void {
    throw new UnrecoverableEventError('A dead letter, to be discarded.');
  }
}

describe('the routes', () => {
  let stripeApi: StripeApi;
  let ledger: LedgerApp;
  let description: OpenAPIObject;

  beforeAll(async () => {
    stripeApi = await startStripeApi();
    stripeApi.account.webhookEndpoints.put(LEADING_HERE);
    const stripe = { processing: { sweepMs: 20 }, apiKey: API_KEY, clientOptions: stripeApi.clientOptions };
    ledger = await startLedgerApp({ database: memoryDatabase, platform: platforms[0]!, providers: [Billing], stripe });
    await ledger.deliver(EVENT);
    await waitForEvent(ledger.app, 'evt_1', 'succeeded');
    const { run } = await ledger.app.get(StripeCatchUpService).run();
    KNOWN['/runs/:run'] = `/runs/${run}`;
    await ledger.deliver(DEAD);
    await waitForEvent(ledger.app, 'evt_2', 'dead');
    description = SwaggerModule.createDocument(ledger.app, new DocumentBuilder().build());
  });
  afterAll(async () => {
    await ledger.close();
    await stripeApi.close();
  });

  it('are the headings of their page', () => {
    expect(sections.map(({ heading }) => heading.text).sort()).toEqual(realRoutes(ledger.app).sort());
  });

  it.each(api.map(withRoute))(
    '$route answers in the form of its example, to the request of its example',
    async ({ section, route }) => {
      const answer = await ask(route, exampleOf(section, 'request'));

      expect(answer.ok).toBe(true);
      const documented = /\*\*Answer\*\* `(\d+)`/.exec(section.text)?.[1];
      expect(String(answer.status)).toBe(documented);
      expect(shapeOf(exampleOf(section, 'answer'))).toEqual(shapeOf(await answer.json()));
    },
  );

  it.each(api.filter(({ heading }) => heading.text.includes('/admin/')).map(withRoute))(
    '$route takes the parameters that are documented, and no others',
    async ({ section, route }) => {
      const rows = section.tables.find(({ header }) => header[0] === 'parameter')?.rows ?? [];

      expect(rows.map(([name]) => name)).toEqual(parametersOf(route));
      for (const [name = '', example = ''] of rows) {
        const body = { ...(exampleOf(section, 'request') as object | undefined), [name]: parsed(example) };
        const answer = route.startsWith('GET')
          ? await ask(route, undefined, `?${name}=${encodeURIComponent(example)}`)
          : await ask(route, body);
        expect([name, answer.ok]).toEqual([name, true]);
      }
    },
  );

  /** Those of the query and of the body, from the OpenAPI description of the running application. */
  function parametersOf(route: string): string[] {
    const [method = '', path = ''] = route.split(' ', 2);
    const operation = description.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase() as 'get' | 'post'];
    const query = (operation?.parameters ?? []).filter((parameter) => 'in' in parameter && parameter.in === 'query');
    const content = (operation?.requestBody as { content?: Record<string, { schema?: { $ref?: string } }> } | undefined)
      ?.content;
    const name = content?.['application/json']?.schema?.$ref?.split('/').at(-1);
    const schema = name === undefined ? undefined : description.components?.schemas?.[name];
    const fields = schema && 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
    return [...query.map((parameter) => ('name' in parameter ? parameter.name : '')), ...fields];
  }

  async function ask(route: string, body: unknown, query = ''): Promise<Response> {
    const [method = '', template = ''] = route.split(' ', 2);
    if (template === '/stripe/webhook') {
      return ledger.deliver(EVENT);
    }
    const path = Object.entries(KNOWN).reduce((known, [from, to]) => known.replace(from, to), template);
    await waitForEvent(ledger.app, 'evt_1', 'succeeded');
    if (path.endsWith('/evt_2/discard')) {
      await ledger.admin('events/evt_2/replay', { method: 'POST' });
      await waitForEvent(ledger.app, 'evt_2', 'dead');
    }
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return ledger.admin(path.replace('/stripe/admin/', '') + query, init);
  }
});

function withRoute(section: Section): { section: Section; route: string } {
  return { section, route: section.heading.text };
}

function exampleOf({ blocks }: Section, tag: 'request' | 'answer'): unknown {
  const block = blocks.find(({ language, tags }) => language === 'json' && tags.includes(tag));
  return block && parsed(block.code);
}

/** A JSON text, or a bare word as it stands. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The names of the fields, all the way down; of a list, those of its first item. Values, and what is empty, do not count. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.length === 0 ? '…' : [shapeOf(value[0])];
  }
  if (typeof value !== 'object' || value === null) {
    return '…';
  }
  const entries = Object.entries(value).map(([name, part]) => [name, FREE.has(name) ? '…' : shapeOf(part)] as const);
  return Object.fromEntries(entries);
}
