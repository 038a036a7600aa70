/** Why a request was not answered as it should have been. */
export class ApiError extends Error {
  constructor(
    /** 0 where there was no answer at all. */
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** A request to the administration; its path is below the page's own. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

/** Where the administration is: the folder of the page, also where its address lacks the slash at the end. */
export function folderOf(address: string): URL {
  const url = new URL(address);
  url.pathname = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  url.search = '';
  url.hash = '';
  return url;
}

/** Asks the administration. @throws {ApiError} */
export async function send<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const { method = 'GET', query = {}, body, token = null, signal } = request;
  const url = new URL(path, folderOf(location.href));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  const headers = {
    Accept: 'application/json',
    // What a form of another site cannot send.
    ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
  };
  const init = { method, headers, cache: 'no-store', ...(signal === undefined ? {} : { signal }) } as const;
  const answer = await fetch(url, method === 'POST' ? { ...init, body: JSON.stringify(body ?? {}) } : init).catch(
    (error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw new ApiError(0, 'NO_ANSWER', 'The application does not answer.');
    },
  );
  return read<Answer>(answer);
}

async function read<Answer>(answer: Response): Promise<Answer> {
  const isJson = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
  if (answer.ok && isJson) return (await answer.json()) as Answer;
  const { code, message } = (isJson ? await answer.json() : {}) as { code?: string; message?: string };
  // A page where data should be: the application's guard, or a proxy, led to its own sign-in.
  const status = answer.ok ? 403 : answer.status;
  throw new ApiError(status, code ?? 'UNKNOWN', message ?? `The request was answered ${answer.status}.`);
}
