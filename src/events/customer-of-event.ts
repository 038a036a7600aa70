import { columnText } from './column-text';
import { asJsonObject, isJsonObject, isMissing, isThinEvent, type JsonObject } from './event-shape';

/**
 * Where the customer of an event was found.
 *
 * Snapshot events: `R1` the object is the customer, `R2` its `customer`, `R3` a place of its own kind, `R4` the
 * customer it had before. Thin events: `T1` the related object is the customer, `T2` its URL is below a customer's,
 * `T3` the fetched event's data, `T4` the related object is an account in its role as a customer.
 */
export type CustomerRule = 'R1' | 'R2' | 'R3' | 'R4' | 'T1' | 'T2' | 'T3' | 'T4';

/** Whom an event is about. */
export interface CustomerOfEvent {
  readonly customerId: string | null;
  /** `acct_…`: the customer as an account (Accounts v2), with or without a customer id beside it. */
  readonly customerAccount: string | null;
  /** Left out when no rule applied. An account named beside the customer is read without one. */
  readonly rule?: CustomerRule;
}

interface Reference {
  readonly rule: CustomerRule;
  readonly value: string;
}

type Paths = ReadonlyMap<unknown, readonly (readonly string[])[]>;

// By the object's own name; from the types of stripe 23.1, and `card`, which charges had before `source`.
const CUSTOMER_PATHS: Paths = new Map([
  ['financial_connections.account', [['account_holder', 'customer']]],
  ['identity.verification_session', [['related_customer']]],
  ['tax_id', [['owner', 'customer']]],
  ['source_mandate_notification', [['source', 'customer']]],
  [
    'charge',
    [
      ['source', 'customer'],
      ['card', 'customer'],
    ],
  ],
  ['source', [['three_d_secure', 'customer']]],
]);

const ACCOUNT_PATHS: Paths = new Map([
  ['financial_connections.account', [['account_holder', 'customer_account']]],
  ['identity.verification_session', [['related_customer_account']]],
  ['tax_id', [['owner', 'customer_account']]],
]);

const CUSTOMER_TYPE = /^customer\.(?:created|updated|deleted)$/;
const CUSTOMER_URL = /^\/v1\/customers\/([^/?#]+)/;
const ACCOUNT_AS_CUSTOMER = 'v2.core.account[configuration.customer].';

/**
 * The customer of an event, read from its parsed body alone: a snapshot event, a thin notification or a fetched thin
 * event. Never throws, whatever it is given.
 *
 * What a value refers to is never guessed from its prefix, with one exception: an `acct_…` where a customer is expected
 * is an account in that role, and goes to `customerAccount`.
 */
export function customerOfEvent(event: unknown): CustomerOfEvent {
  if (!isJsonObject(event)) {
    return { customerId: null, customerAccount: null };
  }
  if (isThinEvent(event)) {
    return customerOf(thinReference(event), null);
  }
  const object = asJsonObject(asJsonObject(event.data).object);
  return customerOf(snapshotReference(event, object), accountBeside(object));
}

function customerOf(reference: Reference | null, account: string | null): CustomerOfEvent {
  if (reference === null) {
    return { customerId: null, customerAccount: account };
  }
  const { rule, value } = reference;
  return rule === 'T4' || value.startsWith('acct_')
    ? { customerId: null, customerAccount: account ?? value, rule }
    : { customerId: value, customerAccount: account, rule };
}

function snapshotReference(event: JsonObject, object: JsonObject): Reference | null {
  return (
    found('R1', isCustomer(event, object) ? object.id : null) ??
    found('R2', object.customer) ??
    found('R3', firstOf(CUSTOMER_PATHS, object)) ??
    found('R4', asJsonObject(asJsonObject(event.data).previous_attributes).customer)
  );
}

function isCustomer(event: JsonObject, object: JsonObject): boolean {
  const named = isMissing(object.object) && typeof event.type === 'string' && CUSTOMER_TYPE.test(event.type);
  return named || object.object === 'customer';
}

function accountBeside(object: JsonObject): string | null {
  return idOf(object.customer_account) ?? firstOf(ACCOUNT_PATHS, object);
}

function thinReference(event: JsonObject): Reference | null {
  const related = asJsonObject(event.related_object);
  const accountAsCustomer = typeof event.type === 'string' && event.type.startsWith(ACCOUNT_AS_CUSTOMER);
  return (
    found('T1', related.type === 'customer' ? related.id : null) ??
    found('T2', typeof related.url === 'string' ? CUSTOMER_URL.exec(related.url)?.[1] : null) ??
    found('T3', asJsonObject(event.data).customer) ??
    found('T4', accountAsCustomer ? related.id : null)
  );
}

function found(rule: CustomerRule, reference: unknown): Reference | null {
  const value = idOf(reference);
  return value === null ? null : { rule, value };
}

// A reference is an id, or the object it refers to (expanded, perhaps deleted).
function idOf(reference: unknown): string | null {
  return columnText(isJsonObject(reference) ? reference.id : reference);
}

function firstOf(paths: Paths, object: JsonObject): string | null {
  for (const path of paths.get(object.object) ?? []) {
    const id = idOf(path.reduce<unknown>((value, key) => asJsonObject(value)[key], object));
    if (id !== null) {
      return id;
    }
  }
  return null;
}
