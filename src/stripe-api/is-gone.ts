/** Whether the Stripe API said that what was asked for is not there, or not any more: it answers 404. */
export function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { statusCode?: unknown }).statusCode === 404;
}
