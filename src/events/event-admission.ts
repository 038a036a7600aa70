import { isSameRelease } from '../common';
import type { EventFacts } from './event-facts';
import type { NewEvent } from './new-event';
import type { ServedAccount, ServedAccounts } from './served-accounts';

/** What it depends on whether an event is for this application. */
type AdmittedFacts = Pick<EventFacts, 'livemode' | 'apiVersion'>;

/** Which events are not for this application to handle, although they are its own to keep. */
export class EventAdmission {
  constructor(private readonly accounts: ServedAccounts) {}

  /**
   * What becomes of an event at once, by what its account says: one of the other mode, or of an API version that is not
   * wanted, is stored and ignored. `refuses()` first, where there is somebody who would send it again.
   */
  verdict(endpoint: string, facts: AdmittedFacts): Pick<NewEvent, 'settled' | 'replacesOtherVersion'> {
    const account = this.accounts.find(endpoint);
    if (isOfOtherMode(account, facts)) {
      return { settled: { status: 'ignored', reason: 'livemode', error: null } };
    }
    if (isOfOtherVersion(account, facts) && account?.onOtherApiVersion !== 'process') {
      return { settled: { status: 'ignored', reason: 'api-version', error: null } };
    }
    return account === undefined || account.apiVersion === null ? {} : { replacesOtherVersion: true };
  }

  /** Whether an event is to be sent again later, since its account takes no other API version until then. */
  refuses(endpoint: string, facts: AdmittedFacts): boolean {
    const account = this.accounts.find(endpoint);
    const wanted = account?.onOtherApiVersion === 'refuse' && !isOfOtherMode(account, facts);
    return wanted && isOfOtherVersion(account, facts);
  }
}

function isOfOtherMode(account: ServedAccount | undefined, { livemode }: AdmittedFacts): boolean {
  return account?.livemode !== undefined && account.livemode !== livemode;
}

/** Thin and very old events are of no version, and never of another one. */
function isOfOtherVersion(account: ServedAccount | undefined, { apiVersion }: AdmittedFacts): boolean {
  const pinned = account?.apiVersion ?? null;
  return pinned !== null && apiVersion !== null && !isSameRelease(pinned, apiVersion);
}
