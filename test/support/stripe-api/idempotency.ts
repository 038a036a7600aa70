import { ApiError } from './api-error';

/** What was answered, kept under its key: https://docs.stripe.com/api/idempotent_requests. */
export class Idempotency {
  private readonly kept = new Map<string, { readonly request: string; readonly answer: string }>();

  /** The answer given before, or a new one. */
  once(key: string | undefined, request: string, answer: () => string): { text: string; replayed: boolean } {
    const known = key === undefined ? undefined : this.kept.get(key);
    if (known === undefined) {
      const text = answer();
      if (key !== undefined) {
        this.kept.set(key, { request, answer: text });
      }
      return { text, replayed: false };
    }
    if (known.request !== request) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      throw new ApiError(400, { type: 'idempotency_error', message });
    }
    return { text: known.answer, replayed: true };
  }
}
