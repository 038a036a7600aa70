/** An answer that says no, in the API's form: https://docs.stripe.com/api/errors. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: { readonly type: string; readonly message: string; readonly code?: string; readonly param?: string },
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
  }
}

/** What is not there, or not for this account. */
export function noSuch(what: string, id: string, param = 'id'): ApiError {
  const message = `No such ${what}: '${id}'`;
  return new ApiError(404, { type: 'invalid_request_error', code: 'resource_missing', message, param });
}

export function invalid(message: string, param: string): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, param });
}
