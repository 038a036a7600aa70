/** Under which the checked settings are provided. */
export const STRIPE_SETTINGS = Symbol('StripeSettings');

/** Under which the structure a registration was made with is provided. */
export const STRIPE_STRUCTURE = Symbol('StripeStructure');
