import { asJsonObject, columnText, type JsonObject } from '../events';

/** What Stripe's customer object says, as values of columns; the columns are {@link DESCRIBED_COLUMNS}. */
export const DESCRIBED_COLUMNS = [
  'livemode',
  'email',
  'name',
  'phone',
  'description',
  'balance',
  'currency',
  'delinquent',
  'address',
  'shipping',
  'invoice_settings',
  'metadata',
  'preferred_locales',
  'tax_exempt',
  'default_source',
  'invoice_prefix',
  'created_at',
  'data',
] as const;

const LONGEST_EMAIL = 512;
/** Lists that old API versions include and that can be long; each can be fetched by itself. */
const EMBEDDED_LISTS = ['sources', 'subscriptions', 'tax_ids'];

/** The values of {@link DESCRIBED_COLUMNS}. Changes nothing of the object. */
export function describedValues(customer: JsonObject, maxTextBytes: number): unknown[] {
  return [
    customer.livemode === true,
    text(customer.email)?.slice(0, LONGEST_EMAIL) ?? null,
    text(customer.name),
    text(customer.phone),
    text(customer.description),
    // Called account_balance before API version 2019-10-17.
    integer(customer.balance ?? customer.account_balance),
    columnText(customer.currency)?.slice(0, 8) ?? null,
    typeof customer.delinquent === 'boolean' ? customer.delinquent : null,
    json(customer.address),
    json(customer.shipping),
    json(customer.invoice_settings),
    json(customer.metadata),
    json(customer.preferred_locales),
    columnText(customer.tax_exempt)?.slice(0, 32) ?? null,
    columnText(customer.default_source) ?? columnText(asJsonObject(customer.default_source).id),
    columnText(customer.invoice_prefix),
    typeof customer.created === 'number' ? Math.round(customer.created * 1000) : null,
    wholeObject(customer, maxTextBytes),
  ];
}

/** Text that every database stores: PostgreSQL refuses NUL, and a lone surrogate has no UTF-8. */
function text(value: unknown): string | null {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : null;
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

function json(value: unknown): string | null {
  if (value === null || value === undefined) {
    return null;
  }
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack: the event's body still has it.
    return null;
  }
}

function wholeObject(customer: JsonObject, maxTextBytes: number): string | null {
  const fits = (whole: string | null): boolean => whole !== null && Buffer.byteLength(whole) <= maxTextBytes;
  const whole = json(customer);
  if (fits(whole)) {
    return whole;
  }
  const entries = Object.entries(customer).filter(([key]) => !EMBEDDED_LISTS.includes(key));
  const shorter = json(Object.fromEntries(entries));
  return fits(shorter) ? shorter : null;
}
