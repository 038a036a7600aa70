import type { IncomingHttpHeaders } from 'node:http';
import { StandInAccount } from './account';
import { ApiError } from './api-error';

/** Who may ask: secret keys, and the accounts they belong to. */
export class Accounts {
  private readonly byKey = new Map<string, StandInAccount>();

  /** The account of a key; made when first asked for. A key of live mode has data of its own. */
  ofKey(key: string, id = 'acct_own'): StandInAccount {
    const account = this.byKey.get(key) ?? this.twin(key, id) ?? new StandInAccount(id, isLive(key));
    this.byKey.set(key, account);
    return account;
  }

  /** Whose data a request asks for. */
  authenticate(headers: IncomingHttpHeaders): StandInAccount {
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const own = this.byKey.get(key);
    if (own === undefined) {
      throw new ApiError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' });
    }
    const other = actedFor(headers);
    const account = other === undefined ? own : own.actingFor(other);
    if (account === undefined) {
      const message = `The provided key does not have access to account '${other ?? ''}' (or that account does not exist).`;
      throw new ApiError(403, { type: 'invalid_request_error', code: 'account_invalid', message });
    }
    return account;
  }

  /** Another key of the same account and mode. */
  private twin(key: string, id: string): StandInAccount | undefined {
    return [...this.byKey.values()].find((known) => known.id === id && known.livemode === isLive(key));
  }
}

function isLive(key: string): boolean {
  return key.includes('_live_');
}

/** A context is a path, `org_…/acct_…`, or the account alone. */
function actedFor(headers: IncomingHttpHeaders): string | undefined {
  const context = headers['stripe-context'];
  const named = headers['stripe-account'] ?? (typeof context === 'string' ? context.split('/').at(-1) : undefined);
  return typeof named === 'string' ? named : undefined;
}
