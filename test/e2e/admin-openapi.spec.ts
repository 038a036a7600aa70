import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { routesBelow } from './admin-routes';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Record<string, unknown>;
}

interface Operation {
  summary: string;
  tags: string[];
  security: unknown;
  operationId: string;
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

describe('the OpenAPI description of the administration', () => {
  let ledger: LedgerApp;
  let document: OpenAPIObject;

  beforeAll(async () => {
    ledger = await startLedgerApp({ database: databases[0]!, platform: platforms[0]!, stripe: { processing: false } });
    document = SwaggerModule.createDocument(ledger.app, new DocumentBuilder().addBearerAuth().build());
  });
  afterAll(() => ledger.close());

  function operation(method: string, path: string): Operation {
    const found = (document.paths[`/stripe/admin/${path}`] as Record<string, unknown> | undefined)?.[method];
    expect([path, found]).toEqual([path, expect.anything()]);
    return found as Operation;
  }

  function schema(name: string): { properties: Record<string, Record<string, unknown>>; required: string[] } {
    return document.components?.schemas?.[name] as never;
  }

  it('has every route, with what it does, the token it asks for, and what it answers', () => {
    const described = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/stripe/admin'))
      .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
    const served = routesBelow(ledger.app, '/stripe/admin');
    expect(described.map((route) => route.replace(/\{\w+\}/, 'evt_1')).sort()).toEqual(
      served.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    for (const route of described) {
      const [method, path] = route.toLowerCase().replace('{stripeid}', '{stripeId}').split(' /stripe/admin/');
      const { summary, tags, security, responses } = operation(method!, path!);
      expect(summary).not.toBe('');
      expect(tags).toEqual(['Stripe events']);
      expect(security).toEqual([{ bearer: [] }]);
      const answers = Object.entries(responses);
      expect(answers.filter(([status]) => status.startsWith('2'))).toHaveLength(1);
      for (const [status, { content }] of answers) {
        const { $ref } = content?.['application/json']?.schema as { $ref: string };
        expect(schema($ref.replace('#/components/schemas/', ''))).toBeDefined();
        expect($ref.endsWith('/StripeError')).toBe(!status.startsWith('2'));
      }
    }
  });

  it('has the parameters of a query, none of which is needed', () => {
    const { parameters } = operation('get', 'events');
    const names = [
      'kind',
      'status',
      'livemode',
      'customer',
      'account',
      'endpoint',
      'object',
      'source',
      'q',
      'from',
      'to',
      'limit',
      'cursor',
    ];
    expect(parameters.map(({ name }) => name)).toEqual(names);
    for (const parameter of parameters) {
      expect(parameter).toMatchObject({ in: 'query', required: false, description: expect.any(String) });
    }
    const of = (name: string): unknown => parameters.find((parameter) => parameter.name === name)?.schema;
    expect(of('status')).toEqual({ type: 'string', enum: ['pending', 'processing', 'succeeded', 'dead', 'ignored'] });
    expect(of('limit')).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 25 });
    expect(of('livemode')).toEqual({ type: 'boolean' });
    expect(of('from')).toEqual({ type: 'string', format: 'date-time' });
    expect(operation('get', 'customers').parameters.map(({ name }) => name)).toEqual([
      ...['email', 'owner', 'livemode', 'deleted', 'endpoint', 'q', 'limit', 'cursor'],
    ]);
    expect(operation('get', 'stats').parameters.map(({ name }) => name)).toEqual(['window']);
  });

  it('has the parameters of a path, and bodies', () => {
    const { parameters, requestBody } = operation('post', 'events/{stripeId}/customer');
    expect(parameters).toMatchObject([{ name: 'stripeId', in: 'path', required: true, schema: { type: 'string' } }]);
    expect(requestBody?.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/StripeLinkCustomer',
    });
    expect(schema('StripeLinkCustomer').required).toEqual(['customer']);
    expect(schema('StripeReplayEvent').properties['handlers']).toMatchObject({
      type: 'array',
      items: { type: 'string' },
    });
    expect(Object.keys(schema('StripeReplayEvents').properties)).toEqual([
      'status',
      'kind',
      'endpoint',
      'from',
      'to',
      'limit',
    ]);
  });

  it('has the form of the answers', () => {
    const { properties, required } = schema('StripeEventView');
    expect(Object.keys(properties)).toEqual([
      ...[
        'stripeId',
        'endpoint',
        'kind',
        'status',
        'ignoredReason',
        'livemode',
        'apiVersion',
        'account',
        'customer',
        'objectId',
      ],
      ...['objectType', 'createdAt', 'receivedAt', 'processedAt', 'attempts', 'nextAttemptAt', 'lastError', 'source'],
    ]);
    expect(required).toEqual(Object.keys(properties));
    expect(properties['processedAt']).toEqual({ type: 'string', format: 'date-time', nullable: true });
    expect(Object.keys(schema('StripeEventDetailView').properties)).toEqual([
      ...Object.keys(properties),
      ...['message', 'request', 'pendingWebhooks', 'runs', 'replays', 'history'],
    ]);
    expect(schema('StripeEventDetailView').properties['runs']).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/StripeHandlerRunView' },
    });
    expect(schema('StripeEventPage').properties['data']).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/StripeEventView' },
    });
    expect(schema('StripeStats').properties['byStatus']).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/StripeStatusCounts' }],
    });
    expect(schema('StripeError').properties['code']?.['enum']).toContain('STRIPE_EVENTS_EVENT_NOT_FOUND');
  });

  it('shows every field that is answered, and no other', async () => {
    const answered = (await (await ledger.admin('stats')).json()) as object;
    expect(Object.keys(schema('StripeStats').properties).sort()).toEqual(Object.keys(answered).sort());
  });
});
