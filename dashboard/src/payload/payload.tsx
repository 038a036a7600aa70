import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Card, CopyButton, Text } from '../ui/basics';
import { find, type Found } from './search';
import { Tree } from './tree';

const PAUSE_MS = 200;
const LONGEST_TEXT = 20_000;

/** The body of an event as a tree that opens where one looks, or where something was found. */
export function Payload({ message }: { readonly message: unknown }) {
  const wanted = useSignal('');
  const found = useSignal<Found | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = (text: string): void => {
    wanted.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      found.value = text.trim() === '' ? null : find(message, text.trim());
    }, PAUSE_MS);
  };
  const isText = typeof message === 'string';
  return (
    <Card
      title="Payload"
      action={
        <div class="payload-tools">
          {!isText && (
            <>
              <span class="muted" role="status">
                {found.value !== null && saidOf(found.value)}
              </span>
              <input
                type="search"
                placeholder="Find in the payload"
                aria-label="Find in the payload"
                spellcheck={false}
                value={wanted.value}
                onInput={(event) => look(event.currentTarget.value)}
              />
            </>
          )}
          <CopyButton text={() => (isText ? message : JSON.stringify(message, null, 2))} what="payload" />
        </div>
      }
    >
      <div class="scroller payload" tabIndex={0} role="region" aria-label="Payload">
        {isText ? (
          <pre>
            <Text of={message.slice(0, LONGEST_TEXT)} />
          </pre>
        ) : (
          <Tree name="event" value={message} found={found.value} />
        )}
      </div>
    </Card>
  );
}

function saidOf({ paths, more }: Found): string {
  if (paths.size === 0) return 'Nothing found';
  return `${paths.size}${more ? ' or more' : ''} found`;
}
