import Stripe from 'stripe';

/** A version of Stripe's SDK, as an entry of `describe.each(sdks)('with $name', …)`. */
export interface Sdk {
  readonly name: string;
  readonly major: number;
  load(): Promise<typeof Stripe>;
}

// A name that the compiler does not follow: the types of the old one declare a module `stripe` too.
const OLDEST = 'stripe20' as string;

/** The oldest and the newest SDK that the package works with. */
export const sdks: readonly Sdk[] = [
  { name: 'stripe 20', major: 20, load: async () => ((await import(OLDEST)) as { Stripe: typeof Stripe }).Stripe },
  { name: 'stripe 23', major: 23, load: () => Promise.resolve(Stripe) },
];
