import { computed, signal } from '@preact/signals';
import { ApiError, send, type ApiRequest } from '../api/request';
import type { About } from '../api/types';

const KEY = 'stripe-events-token';

/** Whether the one who looks may see anything. */
export type Access =
  | { readonly is: 'unknown' }
  | { readonly is: 'granted'; readonly about: About }
  /** A token is asked for. */
  | { readonly is: 'locked'; readonly problem: string | null }
  /** The application's own guard said no, or nothing answered. */
  | { readonly is: 'refused'; readonly problem: string };

export const access = signal<Access>({ is: 'unknown' });
export const about = computed<About | null>(() => (access.value.is === 'granted' ? access.value.about : null));

/** Kept by the tab alone, and gone with it; null where the application's own session is enough. */
let token = sessionStorage.getItem(KEY);

export const hasToken = signal(token !== null);

/** Whether a request that changes something is there, and may be made. */
export function can(action: string): boolean {
  return about.value?.actions.includes(action) ?? false;
}

/** Asks the administration on behalf of the one who looks. @throws {ApiError} */
export async function ask<Answer>(path: string, request: Omit<ApiRequest, 'token'> = {}): Promise<Answer> {
  try {
    return await send<Answer>(path, { ...request, token });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      lock('The token is no longer accepted. Enter it again.');
    }
    throw error;
  }
}

/** Finds out what may be seen, with the token of this tab or without one. */
export async function start(): Promise<void> {
  try {
    access.value = { is: 'granted', about: await send<About>('about', { token }) };
  } catch (error) {
    refuse(error, token === null ? null : 'The token is no longer accepted. Enter it again.');
  }
}

/** Tries a token, and keeps it for this tab if it is the right one. */
export async function signIn(given: string): Promise<void> {
  try {
    const granted = await send<About>('about', { token: given });
    token = given;
    sessionStorage.setItem(KEY, given);
    hasToken.value = true;
    access.value = { is: 'granted', about: granted };
  } catch (error) {
    refuse(error, 'That is not the token.');
  }
}

export function signOut(): void {
  lock(null);
}

function lock(problem: string | null): void {
  token = null;
  hasToken.value = false;
  sessionStorage.removeItem(KEY);
  access.value = { is: 'locked', problem };
}

function refuse(error: unknown, problem: string | null): void {
  const { status, message } = error instanceof ApiError ? error : { status: 0, message: String(error) };
  if (status === 401) {
    lock(problem);
  } else {
    access.value = { is: 'refused', problem: status === 403 ? 'The application does not let you in.' : message };
  }
}
