import { describe, expect, it } from '@jest/globals';
import { InvalidOptionsError } from './errors';
import type { StripeModuleOptions, StripeModuleStructure } from './stripe.options';
import { settingsOf } from './stripe.settings';

const EU = { webhookSecret: 'whsec_eu' };
const US = { webhookSecret: ['whsec_us', 'whsec_us_connect'] };

/** What is wrong with these options; nothing where they can be used. */
function problemsOf(options: unknown, structure: StripeModuleStructure = {}): readonly string[] {
  try {
    settingsOf(options as StripeModuleOptions, structure);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    return (error as InvalidOptionsError).problems;
  }
}

describe('the accounts of the options', () => {
  it('are one called default where none is named', () => {
    const { accounts } = settingsOf({ ...EU, apiKey: 'sk_test_1', livemode: false }, {});

    expect(accounts).toEqual([
      expect.objectContaining({
        name: 'default',
        webhookSecrets: ['whsec_eu'],
        livemode: false,
        client: expect.objectContaining({ apiKey: 'sk_test_1' }),
      }),
    ]);
  });

  it('are those that are named, each with what is its own', () => {
    const { accounts } = settingsOf({ accounts: { eu: { ...EU, livemode: true }, us: US } }, {});

    expect(accounts.map(({ name, webhookSecrets, livemode }) => ({ name, webhookSecrets, livemode }))).toEqual([
      { name: 'eu', webhookSecrets: ['whsec_eu'], livemode: true },
      { name: 'us', webhookSecrets: ['whsec_us', 'whsec_us_connect'], livemode: undefined },
    ]);
  });

  it.each(['eu', 'EU-1', '0', 'a_b', 'default', 'constructor', 'x'.repeat(64)])('may be called %s', (name) => {
    expect(problemsOf({ accounts: { [name]: EU } })).toEqual([]);
  });

  it.each(['', ' eu', 'e u', 'eu.1', 'eu/1', '-eu', '_eu', 'é', 'x'.repeat(65)])('must not be called "%s"', (name) => {
    expect(problemsOf({ accounts: { [name]: EU } })).toEqual([
      `accounts.${name}: a name must be 1 to 64 letters, digits, "_" or "-", and begin with a letter or a digit`,
    ]);
  });

  it.each([
    ['none', { accounts: {} }, 'accounts must name at least one account'],
    ['null', { accounts: null }, 'accounts must name at least one account'],
    ['a secret instead of an account', { accounts: { eu: 'whsec_eu' } }, "accounts.eu must be an object with the account's options"], // prettier-ignore
    ['no secret', { accounts: { eu: {} } }, 'accounts.eu.webhookSecret is missing: take it from the endpoint in the Stripe Dashboard'], // prettier-ignore
    ['a blank secret', { accounts: { eu: { webhookSecret: ['whsec_eu', ' '] } } }, 'accounts.eu.webhookSecret must not be blank'], // prettier-ignore
    ['a mode that is none', { accounts: { eu: { ...EU, livemode: 'live' } } }, 'accounts.eu.livemode must be true or false, not a string'], // prettier-ignore
  ])('cannot be %s', (_what, options, problem) => {
    expect(problemsOf(options)).toContain(problem);
  });

  it('have no version, or the one that is given, and say what becomes of others', () => {
    const { accounts } = settingsOf(
      { accounts: { eu: EU, us: { ...US, apiVersion: '2026-10-28.endive', onOtherApiVersion: 'refuse' } } },
      {},
    );

    expect(accounts).toMatchObject([
      { apiVersion: null, onOtherApiVersion: 'process' },
      { apiVersion: '2026-10-28.endive', onOtherApiVersion: 'refuse' },
    ]);
  });

  it.each([
    [{ apiVersion: 'endive' }, "apiVersion must be a version of Stripe's API, such as 2026-10-28.endive"],
    [{ apiVersion: null }, "apiVersion must be a version of Stripe's API, such as 2026-10-28.endive"],
    [{ onOtherApiVersion: 'refuse' }, 'onOtherApiVersion needs apiVersion: without it, there is no other version'],
    [
      { apiVersion: '2020-08-27', onOtherApiVersion: 'drop' },
      "onOtherApiVersion must be 'process', 'ignore' or 'refuse'",
    ],
  ])('are of no version such as %j', (versions, problem) => {
    expect(problemsOf({ ...EU, ...versions })).toContain(problem);
    expect(problemsOf({ accounts: { eu: { ...EU, ...versions } } })).toContain(
      problem.replaceAll(/(?<![\w.])(apiVersion|onOther)/g, 'accounts.eu.$1'),
    );
  });

  it.each(['apiKey', 'client', 'clientOptions', 'webhookSecret', 'livemode'])(
    'leave no room for %s beside them',
    (option) => {
      expect(problemsOf({ accounts: { eu: EU }, [option]: option === 'livemode' ? true : 'whsec_x' })).toEqual([
        `${option} must stand in each of the accounts, not beside them`,
      ]);
    },
  );

  it('do not share a secret, which is not said, however often one has it itself', () => {
    const shared = { ...EU, webhookSecret: ['whsec_eu', 'whsec_eu'] };

    expect(problemsOf({ accounts: { eu: shared, us: US } })).toEqual([]);
    expect(problemsOf({ accounts: { eu: EU, us: US, third: { webhookSecret: 'whsec_eu' } } })).toEqual([
      'accounts.eu.webhookSecret and accounts.third.webhookSecret must not share a secret: ' +
        'a delivery would not tell whose it is',
    ]);
  });

  it('need no secrets where nothing is delivered', () => {
    expect(problemsOf({ accounts: { eu: {}, us: {} } }, { webhookPath: false })).toEqual([]);
  });
});

describe('the paths of accounts', () => {
  const accounts = { eu: EU, us: US };

  it.each([
    [{ webhookPath: 'hooks' }, []],
    [{ webhookPath: { eu: '/hooks/eu/', us: 'hooks/us' } }, []],
    [{ webhookPath: { eu: 'hooks/:account', us: '' } }, ['webhookPath.eu must be made of', 'webhookPath.us must be made of']], // prettier-ignore
    [{ webhookPath: { eu: 'hooks', us: 'HOOKS' } }, ['webhookPath.eu and webhookPath.us must not be the same path']],
    [{ webhookPath: { eu: 'hooks' } }, ['webhookPath.us is missing']],
    [{ webhookPath: { ...{ eu: 'a', us: 'b' }, asia: 'c' } }, ['webhookPath.asia is for no account; there is: eu, us']],
  ])('%j', (structure, problems) => {
    expect(problemsOf({ accounts }, structure)).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  it('may be given to the only account as well, by its name', () => {
    expect(problemsOf(EU, { webhookPath: { default: 'hooks' } })).toEqual([]);
  });
});
