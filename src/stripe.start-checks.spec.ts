import { describe, expect, it } from '@jest/globals';
import { InvalidHandlerError } from './errors';
import { ServedAccounts } from './events';
import { HandlerRegistry, type HandlerExplorer } from './handlers';
import type { ApiVersionNotices } from './stripe-api';
import { settingsOf } from './stripe.settings';
import { StartChecks } from './stripe.start-checks';

const SETTINGS = settingsOf(
  { accounts: { eu: { webhookSecret: 'whsec_eu', apiVersion: '2020-08-27' }, us: { webhookSecret: 'whsec_us' } } },
  {},
);

/** The accounts whose version was looked at as the application started with a handler of this account. */
function startWith(endpoint?: string): string[] {
  const registry = new HandlerRegistry();
  const handler = { id: 'taxes', patterns: ['*'], transactional: false, invoke: () => Promise.resolve() };
  // What is found only when it is looked for: nothing may be checked before.
  const explorer = { explore: () => registry.add({ ...handler, ...(endpoint !== undefined && { endpoint }) }) };
  const pinned: string[] = [];
  const versions = { pinned: (name: string, version: string) => void pinned.push(`${name} ${version}`) };
  new StartChecks(
    SETTINGS,
    new ServedAccounts(SETTINGS.accounts),
    explorer as unknown as HandlerExplorer,
    registry,
    versions as unknown as ApiVersionNotices,
  ).onModuleInit();
  return pinned;
}

describe('StartChecks', () => {
  it.each([undefined, 'eu', 'us'])('let a handler of the account %s pass', (endpoint) => {
    expect(() => startWith(endpoint)).not.toThrow();
  });

  it('refuse a handler that would wait for ever: its account is not there', () => {
    expect(() => startWith('asia')).toThrow(InvalidHandlerError);
    expect(() => startWith('asia')).toThrow('its endpoint "asia" is none of the accounts: eu, us.');
  });

  it('look at the versions that are pinned, and at no others', () => {
    expect(startWith()).toEqual(['eu 2020-08-27']);
  });
});
