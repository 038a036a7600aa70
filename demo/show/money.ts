/** Stripe counts these with two decimals, unlike ISO 4217: https://docs.stripe.com/currencies#special-cases. */
const STRIPE_DECIMALS: Readonly<Record<string, number>> = { isk: 2, ugx: 2 };

/** An amount in minor units, as Stripe counts, as people write it: 4900 eur is €49.00, 500 jpy is ¥500. */
export function money(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const decimals = STRIPE_DECIMALS[currency] ?? format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** decimals);
}
