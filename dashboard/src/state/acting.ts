import { signal } from '@preact/signals';
import { notify } from './notices';
import { asApiError } from './polled';
import { ask } from './session';

/** A request that changes something, and what is said when it was taken. */
export interface Action {
  readonly path: string;
  readonly body?: object;
  readonly done: string;
}

/** How often something was changed: what shows it asks anew. */
export const changes = signal(0);

/** Asks for a change, and says what became of it. Returns whether it was taken. */
export async function act({ path, body = {}, done }: Action): Promise<boolean> {
  try {
    await ask(path, { method: 'POST', body });
    notify('good', done);
    changes.value += 1;
    return true;
  } catch (error) {
    notify('bad', asApiError(error).message);
    return false;
  }
}
