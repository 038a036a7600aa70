import { isMaskPath, type AdminOptions } from './admin';
import type { StripeMissedEvents, StripeOwnerResolver, StripeReplayMissed } from './customers';
import { TABLE_NAME_PART } from './database';
import { EVENT_STATUSES, LONGEST_RETENTION_DAYS } from './events';
import type { DeadLetterCallback, Pairing } from './processing';
import { accountsOf, type AccountSettings } from './stripe.accounts';
import { OptionCheck } from './stripe.option-check';
import type {
  StripeCustomerOptions,
  StripeModuleOptions,
  StripeModuleStructure,
  StripeProcessingOptions,
} from './stripe.options';
import { checkWebhookPaths } from './stripe.webhook-paths';

/** How stored events are handled, with nothing left open. */
export interface ProcessingSettings {
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly backoff: { readonly baseMs: number; readonly factor: number; readonly maxMs: number };
  readonly leaseMs: number;
  readonly handlerTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly sweepMs: number;
  readonly ordering: 'none' | 'object';
  readonly orderingPatienceMs: number;
  readonly pairing: Pairing;
  readonly onDeadLetter: DeadLetterCallback | undefined;
}

/** What is done with customers, with nothing left open. */
export interface CustomerSettings {
  readonly resolvers: readonly StripeOwnerResolver[];
  readonly ownersOfConnectedAccounts: boolean;
  readonly missedWhenLinked: StripeMissedEvents | undefined;
  readonly missedWhenDescribed: StripeMissedEvents | undefined;
}

/** How missed events are fetched, with nothing left open. */
export interface CatchUpSettings {
  readonly everyMs: number;
  readonly atStart: boolean;
  readonly thin: boolean;
  readonly overlapMs: number;
  readonly connectedAccounts: (endpoint: string) => Promise<readonly string[]>;
}

/** The module's options, checked, with nothing left open. */
export interface StripeSettings {
  /** At least one; where the options name none, there is the one called `default`. */
  readonly accounts: readonly AccountSettings[];
  readonly toleranceSeconds: number;
  readonly maxBodyBytes: number;
  readonly storageTimeoutMs: number;
  readonly maxWaitingDeliveries: number;
  readonly processing: ProcessingSettings | false;
  /** After how many days settled events are deleted here; null for never. */
  readonly retentionDays: number | null;
  readonly customers: CustomerSettings;
  /** How missed events are fetched here by themselves; false for not at all. */
  readonly catchUp: CatchUpSettings | false;
  readonly adminToken: string | undefined;
}

/**
 * Checks the options once and fills in what is not given.
 *
 * @throws {InvalidOptionsError} naming every option that cannot be used
 */
export function settingsOf(options: StripeModuleOptions, structure: StripeModuleStructure): StripeSettings {
  const check = new OptionCheck();
  const accounts = accountsOf(options, structure.webhookPath !== false, check);
  const settings: StripeSettings = {
    accounts,
    toleranceSeconds: check.count('toleranceSeconds', options.toleranceSeconds ?? 300, 1),
    maxBodyBytes: check.count('maxBodyBytes', options.maxBodyBytes ?? 2 * 1024 * 1024, 1),
    storageTimeoutMs: check.count('storageTimeoutMs', options.storageTimeoutMs ?? 900, 1),
    maxWaitingDeliveries: check.count('maxWaitingDeliveries', options.maxWaitingDeliveries ?? 500, 1),
    processing: options.processing === false ? false : processingOf(options.processing ?? {}, check),
    retentionDays: retentionOf(options, check),
    customers: customersOf(options.customers ?? {}, check),
    catchUp: catchUpOf(options, accounts, check),
    adminToken: options.adminToken,
  };
  checkWebhookPaths(structure, accounts, check);
  checkStructure(structure, options, check);
  check.done();
  return settings;
}

function processingOf(options: StripeProcessingOptions, check: OptionCheck): ProcessingSettings {
  const { backoff = {}, ordering = 'none', pairing = 'handle-both' } = options;
  return {
    concurrency: check.count('processing.concurrency', options.concurrency ?? 10, 1),
    maxAttempts: check.count('processing.maxAttempts', options.maxAttempts ?? 16, 1),
    backoff: {
      baseMs: check.count('processing.backoff.baseMs', backoff.baseMs ?? 10_000, 0),
      factor: check.factor('processing.backoff.factor', backoff.factor ?? 3),
      maxMs: check.count('processing.backoff.maxMs', backoff.maxMs ?? 21_600_000, 0),
    },
    leaseMs: check.count('processing.leaseMs', options.leaseMs ?? 60_000, 100),
    handlerTimeoutMs: check.count('processing.handlerTimeoutMs', options.handlerTimeoutMs ?? 55_000, 1),
    shutdownTimeoutMs: check.count('processing.shutdownTimeoutMs', options.shutdownTimeoutMs ?? 25_000, 0),
    sweepMs: check.count('processing.sweepMs', options.sweepMs ?? 1_000, 10),
    ordering: check.oneOf('processing.ordering', ordering, ['none', 'object']),
    orderingPatienceMs: check.count('processing.orderingPatienceMs', options.orderingPatienceMs ?? 300_000, 0),
    pairing: check.oneOf('processing.pairing', pairing, ['handle-both', 'first-wins', 'once-per-handler']),
    onDeadLetter: check.callback('processing.onDeadLetter', options.onDeadLetter),
  };
}

/** How far before what was covered a catch-up begins, in milliseconds. */
export const DEFAULT_OVERLAP_MS = 900_000;

function catchUpOf(
  { catchUp = false }: StripeModuleOptions,
  accounts: readonly AccountSettings[],
  check: OptionCheck,
): CatchUpSettings | false {
  if (catchUp === false) {
    return false;
  }
  const lacking = accounts.filter(({ client: { apiKey, client } }) => apiKey === undefined && client === undefined);
  check.holds(lacking.length === 0, 'catchUp needs the Stripe API: give each account an apiKey, or a client');
  const { connectedAccounts = [] } = catchUp;
  const given: unknown = connectedAccounts;
  const isList = Array.isArray(given) && given.every((id) => typeof id === 'string');
  check.holds(
    typeof given === 'function' || (isList && (given.length === 0 || accounts.length === 1)),
    'catchUp.connectedAccounts must be a list of ids where there is one account, or a function that gives one',
  );
  return {
    everyMs: check.count('catchUp.everyMs', catchUp.everyMs ?? 900_000, 1_000),
    atStart: check.flag('catchUp.atStart', catchUp.atStart) ?? true,
    thin: check.flag('catchUp.thin', catchUp.thin) ?? false,
    overlapMs: check.count('catchUp.overlapMs', catchUp.overlapMs ?? DEFAULT_OVERLAP_MS, 0),
    connectedAccounts: async (endpoint) =>
      typeof connectedAccounts === 'function' ? await connectedAccounts(endpoint) : connectedAccounts,
  };
}

/** Checked everywhere, though only processes that handle events delete them. */
function retentionOf({ retention = { days: 90 }, processing }: StripeModuleOptions, check: OptionCheck): number | null {
  if (retention === false) {
    return null;
  }
  const days: unknown = (retention as { days?: unknown } | null)?.days;
  const fits = Number.isInteger(days) && Number(days) >= 1 && Number(days) <= LONGEST_RETENTION_DAYS;
  check.holds(fits, `retention must be false, or { days } with a whole number from 1 to ${LONGEST_RETENTION_DAYS}`);
  return processing === false ? null : Number(days);
}

function customersOf(options: StripeCustomerOptions, check: OptionCheck): CustomerSettings {
  const { owner = [], ownersOfConnectedAccounts: connected, replayMissed } = options;
  const resolvers = typeof owner === 'function' ? [owner] : owner;
  const usable = Array.isArray(resolvers) && resolvers.every((resolver) => typeof resolver === 'function');
  check.holds(usable, 'customers.owner must be a function, or a list of functions');
  return {
    resolvers,
    ownersOfConnectedAccounts: check.flag('customers.ownersOfConnectedAccounts', connected) ?? false,
    ...missedOf(replayMissed ?? { when: [] }, check),
  };
}

type Missed = Pick<CustomerSettings, 'missedWhenLinked' | 'missedWhenDescribed'>;

function missedOf({ when, ...missed }: StripeReplayMissed, check: OptionCheck): Missed {
  const { status, handlers } = missed;
  const moments = Array.isArray(when) && when.every((moment) => ['linked', 'described'].includes(moment as string));
  check.holds(moments, `customers.replayMissed.when must be a list of 'linked' and 'described'`);
  const known = status === undefined || EVENT_STATUSES.includes(status);
  check.holds(known, `customers.replayMissed.status must be one of: ${EVENT_STATUSES.join(', ')}`);
  const named = handlers === undefined || (Array.isArray(handlers) && handlers.length > 0);
  check.holds(named, 'customers.replayMissed.handlers must name at least one handler');
  const dates: unknown[] = [missed.from ?? new Date(), missed.to ?? new Date()];
  const valid = dates.every((date) => date instanceof Date && !Number.isNaN(date.getTime()));
  check.holds(valid, 'customers.replayMissed.from and .to must be valid dates');
  return {
    missedWhenLinked: moments && when.includes('linked') ? missed : undefined,
    missedWhenDescribed: moments && when.includes('described') ? missed : undefined,
  };
}

function checkStructure(
  { admin, tables = {} }: StripeModuleStructure,
  options: StripeModuleOptions,
  check: OptionCheck,
): void {
  for (const part of ['prefix', 'schema'] as const) {
    const value = tables[part];
    check.holds(
      value === undefined || TABLE_NAME_PART.test(value),
      `tables.${part} must be lower-case letters, digits and "_", at most 31`,
    );
  }
  if (admin !== undefined && admin !== false) {
    const token = admin.token ?? options.adminToken;
    const guarded = admin.guard !== undefined || (typeof token === 'string' && token.trim() !== '');
    checkPolicy(admin, check);
    check.holds(guarded, 'admin needs a token or a guard: without one, everybody could read and replay events');
  }
}

function checkPolicy({ readOnly, redact = [] }: AdminOptions, check: OptionCheck): void {
  check.flag('admin.readOnly', readOnly);
  const usable = Array.isArray(redact) && redact.every(isMaskPath);
  check.holds(usable, 'admin.redact must be an array of paths like data.object.email, *.name or **.iban');
}
