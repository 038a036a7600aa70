import { describe, expect, it } from '@jest/globals';

import { customerOfEvent } from '../../src/events/customer-of-event';
import { readDelivery, type ReadEvent } from '../../src/events/event-reader';
import { describeConformance, readConformance, readConformanceBytes } from '../support/conformance';
import { objectWith, valueAt } from '../support/json-path';

interface Expected {
  readonly expectedCustomerId: string | null;
  readonly expectedCustomerAccountId: string | null;
  readonly rule: string;
}

interface CustomerPath {
  readonly path: string;
  readonly when?: string;
}

interface TypePaths {
  readonly type: string;
  readonly object: string | readonly string[];
  readonly carriesCustomer: 'always' | 'maybe' | 'never';
  readonly customerPaths: readonly CustomerPath[];
  readonly customerAccountPaths: readonly CustomerPath[];
  readonly otherCustomerPathsIgnored: readonly string[];
}

interface CorpusEvent extends Expected {
  readonly file: string;
  readonly type: string;
  readonly eventId: string;
  readonly apiVersion: string | null;
  readonly objectType: string | null;
  readonly objectId: string | null;
  readonly account: string | null;
  readonly livemode: boolean | 'true' | 'false';
}

function found(event: unknown): Record<string, unknown> {
  const { customerId, customerAccount, rule } = customerOfEvent(event);
  return { customerId, customerAccount, rule };
}

// The data names rules as `R2-customer`, and `R9-…`, `T9-…`, `no-object` where none applied.
function expectation({ expectedCustomerId, expectedCustomerAccountId, rule }: Expected): Record<string, unknown> {
  return {
    customerId: expectedCustomerId,
    customerAccount: expectedCustomerAccountId,
    rule: /^[RT][1-8]/.exec(rule)?.[0],
  };
}

function readBytes(bytes: Uint8Array): ReadEvent {
  const read = readDelivery(bytes);
  if (read.kind !== 'event') {
    throw new Error(read.reason);
  }
  return read;
}

describeConformance('customer cases', ['customer-cases.json'], () => {
  const { cases } = readConformance('customer-cases.json') as {
    cases: readonly (Expected & { readonly type: string; readonly case: string; readonly event: unknown })[];
  };

  it.each(cases.map((one) => [one.type, one.case, one] as const))('%s: %s', (_type, _case, one) => {
    const { facts } = readBytes(Buffer.from(JSON.stringify(one.event)));

    expect(found(one.event)).toEqual(expectation(one));
    expect(facts.stripeCustomerId).toBe(one.expectedCustomerId);
    expect(facts.customerAccount).toBe(one.expectedCustomerAccountId);
  });
});

describeConformance('thin notifications', ['thin-notifications.json'], () => {
  const { notifications } = readConformance('thin-notifications.json') as {
    notifications: readonly (Expected & { readonly body: Record<string, unknown> })[];
  };

  it.each(notifications.map((one) => [String(one.body.type), one] as const))('%s', (type, one) => {
    const { facts } = readBytes(Buffer.from(JSON.stringify(one.body)));

    expect(found(one.body)).toEqual(expectation(one));
    expect(facts).toMatchObject({
      stripeId: one.body.id,
      kind: type,
      stripeCustomerId: one.expectedCustomerId,
      customerAccount: one.expectedCustomerAccountId,
      objectId: valueAt(one.body, 'related_object.id') ?? null,
      objectType: valueAt(one.body, 'related_object.type') ?? null,
      createdAt: Date.parse(String(one.body.created)),
    });
  });
});

describeConformance('collected events', ['events/index.json'], () => {
  const { events } = readConformance('events/index.json') as { events: readonly CorpusEvent[] };

  it.each(events.map((one) => [one.file, one] as const))('%s', (_file, one) => {
    const bytes = readConformanceBytes(`events/${one.file}`);
    const { facts, encoding, parsed } = readBytes(bytes);

    expect(found(parsed)).toEqual(expectation(one));
    expect(encoding).toBe('utf8');
    expect(facts).toMatchObject({
      stripeId: one.eventId,
      kind: one.type,
      apiVersion: one.apiVersion,
      objectId: one.objectId,
      objectType: one.objectType,
      account: one.account,
      livemode: String(one.livemode) === 'true',
      stripeCustomerId: one.expectedCustomerId,
    });
  });
});

describeConformance('places of customers', ['customer-paths.json', 'events/index.json'], () => {
  const types = (readConformance('customer-paths.json') as { events: readonly TypePaths[] }).events;
  const corpus = (readConformance('events/index.json') as { events: readonly CorpusEvent[] }).events;
  const byType = new Map(types.map((one) => [one.type, one]));

  function eventWith(type: string, objectType: string | undefined, object: Record<string, unknown>): unknown {
    return { object: 'event', type, data: { object: { object: objectType, ...object } } };
  }

  function objectOf(one: TypePaths, path: CustomerPath): string | undefined {
    return path.when ?? [one.object].flat()[0];
  }

  describe.each(types.map((one) => [one.type, one] as const))('%s', (type, one) => {
    it('has its customer found wherever it may be', () => {
      for (const path of one.customerPaths) {
        const object = objectWith(path.path.replace('data.object.', ''), 'cus_Here');
        expect(customerOfEvent(eventWith(type, objectOf(one, path), object)).customerId).toBe('cus_Here');
      }
    });

    it('has its account found wherever it may be', () => {
      for (const path of one.customerAccountPaths) {
        const object = objectWith(path.path.replace('data.object.', ''), 'acct_Here');
        const { customerId, customerAccount } = customerOfEvent(eventWith(type, objectOf(one, path), object));
        expect([customerId, customerAccount]).toEqual([null, 'acct_Here']);
      }
    });

    it('is not given the customer of something else', () => {
      for (const ignored of one.otherCustomerPathsIgnored) {
        const [path = '', when] = ignored.split(/ \(|\)/);
        const event = eventWith(type, objectOf(one, { path, ...(when && { when }) }), objectWith(path, 'cus_Other'));
        expect([ignored, customerOfEvent(event).customerId]).toEqual([ignored, null]);
      }
    });
  });

  it.each(corpus.filter(({ type }) => byType.has(type)).map((one) => [one.file, one] as const))(
    'agrees with %s',
    (file, one) => {
      const { parsed } = readBytes(readConformanceBytes(`events/${file}`));
      const listed = byType.get(one.type)?.customerPaths.map(({ path }) => valueAt(parsed, path)) ?? [];
      const previous = valueAt(parsed, 'data.previous_attributes.customer');
      const first = [...listed, previous].find((value) => value !== null && value !== undefined);

      expect(customerOfEvent(parsed).customerId).toBe(valueAt(first, 'id') ?? first ?? null);
    },
  );
});
