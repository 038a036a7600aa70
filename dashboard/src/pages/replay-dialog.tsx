import { useSignal } from '@preact/signals';
import type { EventDetail } from '../api/types';
import { act } from '../state/acting';
import { within } from '../state/accounts';
import { about } from '../state/session';
import { Text } from '../ui/basics';
import { Dialog, DialogActions } from '../ui/dialog';

interface ReplayProps {
  readonly event: EventDetail;
  readonly onClose: (replayed: boolean) => void;
}

/** Asks which handlers run again. */
export function ReplayDialog({ event, onClose }: ReplayProps) {
  const handlers = handlersOf(event);
  const chosen = useSignal<readonly string[]>(handlers);
  const busy = useSignal(false);
  const replay = (): void => {
    busy.value = true;
    const whose = within(event.endpoint);
    const body = chosen.value.length === handlers.length ? whose : { handlers: chosen.value, ...whose };
    const path = `events/${encodeURIComponent(event.stripeId)}/replay`;
    void act({ path, body, done: 'The event is due again.' }).then(onClose);
  };
  return (
    <Dialog title="Replay this event" onClose={() => onClose(false)}>
      <p>It will be due at once. Those that you choose run again, whether they succeeded or not.</p>
      {handlers.length > 0 && (
        <Choices
          all={handlers}
          chosen={chosen.value}
          onChoose={(handler) => (chosen.value = toggled(chosen.value, handler))}
        />
      )}
      <p class="hint">
        Mails and calls to other services happen again, unless the other side knows the idempotency key.
      </p>
      <DialogActions
        yes="Replay"
        disabled={busy.value || (handlers.length > 0 && chosen.value.length === 0)}
        onYes={replay}
        onNo={() => onClose(false)}
      />
    </Dialog>
  );
}

interface ChoicesProps {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChoose: (handler: string) => void;
}

function Choices({ all, chosen, onChoose }: ChoicesProps) {
  return (
    <fieldset class="choices">
      <legend>Handlers</legend>
      {all.map((handler) => (
        <label key={handler}>
          <input type="checkbox" checked={chosen.includes(handler)} onChange={() => onChoose(handler)} />
          <Text of={handler} />
        </label>
      ))}
    </fieldset>
  );
}

function toggled(chosen: readonly string[], handler: string): readonly string[] {
  return chosen.includes(handler) ? chosen.filter((one) => one !== handler) : [...chosen, handler];
}

/** Those that would run; in a process that does not handle events, those that did. */
function handlersOf({ kind, runs }: EventDetail): string[] {
  const known = about.value?.handlers ?? null;
  return known === null
    ? [...new Set(runs.map(({ handler }) => handler))]
    : known.filter(({ patterns }) => patterns.some((pattern) => fits(pattern, kind))).map(({ id }) => id);
}

function fits(pattern: string, kind: string): boolean {
  return pattern === '*' || pattern === kind || (pattern.endsWith('.*') && kind.startsWith(pattern.slice(0, -1)));
}
