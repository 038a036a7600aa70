import { StripeModule, type StripeAccountOptions, type StripeModuleOptions } from '../../src';

// Checked by the compiler, never run: each `@ts-expect-error` is a mistake that has to be refused.

const eu: StripeAccountOptions = { webhookSecret: 'whsec_eu', apiVersion: '2026-10-28.endive', livemode: true };

StripeModule.forRoot({ accounts: { eu }, webhookPath: { eu: 'hooks/eu' } });
StripeModule.forRootAsync({
  useFactory: (): Promise<StripeModuleOptions> => Promise.resolve({ accounts: { eu } }),
  webhookPath: { eu: 'hooks/eu' },
});

// @ts-expect-error: these belong to the module, not to one of its accounts
export const tooMuch: StripeAccountOptions = { webhookSecret: 'whsec_eu', toleranceSeconds: 300 };

// @ts-expect-error: accounts are no list
StripeModule.forRoot({ accounts: [eu], webhookPath: { eu: 7 } });

// @ts-expect-error: there is no such thing to do
export const dropped: StripeAccountOptions = { apiVersion: '2020-08-27', onOtherApiVersion: 'drop' };
