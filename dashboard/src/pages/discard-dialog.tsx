import { useSignal } from '@preact/signals';
import type { Event } from '../api/types';
import { within } from '../state/accounts';
import { act } from '../state/acting';
import { Dialog, DialogActions } from '../ui/dialog';

interface DiscardProps {
  readonly event: Event;
  readonly onClose: (discarded: boolean) => void;
}

/** Asks before a dead letter is taken for done. */
export function DiscardDialog({ event: { stripeId, endpoint }, onClose }: DiscardProps) {
  const busy = useSignal(false);
  const discard = (): void => {
    busy.value = true;
    const path = `events/${encodeURIComponent(stripeId)}/discard`;
    void act({ path, body: within(endpoint), done: 'The event is discarded.' }).then(onClose);
  };
  return (
    <Dialog title="Discard this event" onClose={() => onClose(false)}>
      <p>It is taken for done without being handled, and is no dead letter any more.</p>
      <p class="hint">It stays in the ledger. A replay of many events passes it over; one by itself does not.</p>
      <DialogActions yes="Discard" disabled={busy.value} onYes={discard} onNo={() => onClose(false)} />
    </Dialog>
  );
}
