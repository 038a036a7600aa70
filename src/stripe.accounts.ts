import { DEFAULT_ENDPOINT, type OtherApiVersion } from './events';
import type { StripeClientSource } from './stripe-api';
import type { OptionCheck } from './stripe.option-check';
import type { StripeAccountOptions, StripeModuleOptions } from './stripe.options';

/** One Stripe account that the module serves, with nothing left open. */
export interface AccountSettings {
  /** Which its events and customers carry as their `endpoint`. */
  readonly name: string;
  readonly client: StripeClientSource;
  readonly webhookSecrets: readonly string[];
  readonly livemode: boolean | undefined;
  readonly apiVersion: string | null;
  readonly onOtherApiVersion: OtherApiVersion;
}

/** What the column takes, and a path, a handler's options and a log can show as it is. */
const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Stripe's versions begin with a day: https://docs.stripe.com/api/versioning. */
const API_VERSION = /^\d{4}-\d{2}-\d{2}[\x20-\x7e]{0,200}$/;

const ACCOUNT_OPTIONS = ['apiKey', 'client', 'clientOptions', 'webhookSecret', 'livemode', 'apiVersion', 'onOtherApiVersion'] as const satisfies readonly (keyof StripeAccountOptions)[]; // prettier-ignore

/** The accounts that the options name; one called `default` where they speak of one account only. */
export function accountsOf(
  options: StripeModuleOptions,
  needsSecrets: boolean,
  check: OptionCheck,
): readonly AccountSettings[] {
  const { accounts } = options;
  if (accounts === undefined) {
    return [accountOf(DEFAULT_ENDPOINT, options, new AccountCheck(check, '', needsSecrets))];
  }
  const named = Object.entries(isObject(accounts) ? accounts : {});
  check.holds(named.length > 0, 'accounts must name at least one account');
  for (const option of ACCOUNT_OPTIONS) {
    check.holds(options[option] === undefined, `${option} must stand in each of the accounts, not beside them`);
  }
  const settings = named.map(([name, account]) => {
    checkName(name, account, check);
    return accountOf(
      name,
      isObject(account) ? account : {},
      new AccountCheck(check, `accounts.${name}.`, needsSecrets),
    );
  });
  checkOwnSecrets(settings, check);
  return settings;
}

function accountOf(name: string, options: StripeAccountOptions, check: AccountCheck): AccountSettings {
  const { apiKey, client, clientOptions } = options;
  return {
    name,
    client: { apiKey, client, clientOptions },
    webhookSecrets: check.secrets(options.webhookSecret),
    livemode: check.flag(options.livemode),
    ...check.versions(options),
  };
}

function checkName(name: string, account: unknown, check: OptionCheck): void {
  check.holds(
    ACCOUNT_NAME.test(name),
    `accounts.${name}: a name must be 1 to 64 letters, digits, "_" or "-", and begin with a letter or a digit`,
  );
  check.holds(isObject(account), `accounts.${name} must be an object with the account's options`);
}

/** Whoever holds a secret speaks for its account, so a shared one would let each account make up the other's events. */
function checkOwnSecrets(accounts: readonly AccountSettings[], check: OptionCheck): void {
  const owners = new Map<string, string>();
  for (const { name, webhookSecrets } of accounts) {
    for (const secret of new Set(webhookSecrets)) {
      const owner = owners.get(secret) ?? name;
      check.holds(
        owner === name,
        `accounts.${owner}.webhookSecret and accounts.${name}.webhookSecret must not share a secret: ` +
          'a delivery would not tell whose it is',
      );
      owners.set(secret, owner);
    }
  }
}

/** Checks the options of one account, and names them by their whole path. */
class AccountCheck {
  constructor(
    private readonly check: OptionCheck,
    private readonly prefix: string,
    private readonly needsSecrets: boolean,
  ) {}

  secrets(value: StripeAccountOptions['webhookSecret']): readonly string[] {
    return this.check.secrets(`${this.prefix}webhookSecret`, value, this.needsSecrets);
  }

  /** Without a version, every one would be another one, or none. */
  versions({ apiVersion, onOtherApiVersion = 'process' }: StripeAccountOptions) {
    const names = { version: `${this.prefix}apiVersion`, other: `${this.prefix}onOtherApiVersion` };
    const isText = typeof apiVersion === 'string' && API_VERSION.test(apiVersion);
    this.check.holds(
      apiVersion === undefined || isText,
      `${names.version} must be a version of Stripe's API, such as 2026-10-28.endive`,
    );
    this.check.oneOf(names.other, onOtherApiVersion, ['process', 'ignore', 'refuse']);
    this.check.holds(
      apiVersion !== undefined || onOtherApiVersion === 'process',
      `${names.other} needs ${names.version}: without it, there is no other version`,
    );
    return { apiVersion: apiVersion ?? null, onOtherApiVersion };
  }

  flag(value: boolean | undefined): boolean | undefined {
    return this.check.flag(`${this.prefix}livemode`, value);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
