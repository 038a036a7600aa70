import { useSignal } from '@preact/signals';
import type { EventDetail } from '../api/types';
import { Changes } from '../payload/changes';
import { Payload } from '../payload/payload';
import { several } from '../state/accounts';
import { usePolled } from '../state/polled';
import { route } from '../state/route';
import { ask, can } from '../state/session';
import { AccountTag, ProblemOrWhose } from '../ui/account';
import { Card, CopyButton, Loading, Mode, Status, Text } from '../ui/basics';
import { Icon } from '../ui/icon';
import { DiscardDialog } from './discard-dialog';
import { EventFacts } from './event-facts';
import { Related } from './related';
import { ReplayDialog } from './replay-dialog';
import { stripeHref } from './stripe-link';
import { Timeline } from './timeline';

const SOON_MS = 1_000;
const CALM_MS = 5_000;

export function EventPage({ id }: { readonly id: string }) {
  const { endpoint } = route.value.query;
  const round = useSignal(0);
  const { answer: event, problem } = usePolled<EventDetail>({
    key: `${id} ${endpoint ?? ''} ${round.value}`,
    load: (signal) => ask<EventDetail>(`events/${encodeURIComponent(id)}`, { query: { endpoint }, signal }),
    every: (latest) => (latest?.status === 'pending' || latest?.status === 'processing' ? SOON_MS : CALM_MS),
  }).value;
  const last = useSignal<EventDetail | null>(null);
  if (event !== null) last.value = event;
  const shown = event ?? last.value;
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href="#/events">Events</a> <Icon name="right" /> <Text of={id} mono />
      </nav>
      <ProblemOrWhose of={problem} parts={['events', id]} />
      {shown === null ? (
        problem === null && <Loading />
      ) : (
        <Content event={shown} onChanged={() => (round.value += 1)} />
      )}
    </>
  );
}

function Content({ event, onChanged }: { readonly event: EventDetail; readonly onChanged: () => void }) {
  const asking = useSignal<'replay' | 'discard' | null>(null);
  const close = (changed: boolean): void => {
    asking.value = null;
    if (changed) onChanged();
  };
  return (
    <>
      <Head event={event} onReplay={() => (asking.value = 'replay')} onDiscard={() => (asking.value = 'discard')} />
      <div class="event-columns">
        <div>
          <Card title="What happened">
            <Timeline event={event} />
          </Card>
          <Changes message={event.message} />
          <Payload message={event.message} />
        </div>
        <div>
          <EventFacts event={event} />
          <Related event={event} />
        </div>
      </div>
      {asking.value === 'replay' && <ReplayDialog event={event} onClose={close} />}
      {asking.value === 'discard' && <DiscardDialog event={event} onClose={close} />}
    </>
  );
}

interface HeadProps {
  readonly event: EventDetail;
  readonly onReplay: () => void;
  readonly onDiscard: () => void;
}

function Head({ event, onReplay, onDiscard }: HeadProps) {
  const { kind, status, ignoredReason, livemode, stripeId, endpoint } = event;
  return (
    <div class="page-head">
      <h1 tabIndex={-1}>
        <Text of={kind} />
      </h1>
      <Status of={status} reason={ignoredReason} />
      <Mode live={livemode} />
      {several.value && <AccountTag of={endpoint} />}
      <span class="id">
        <Text of={stripeId} mono />
        <CopyButton text={stripeId} what="id" />
      </span>
      <div class="page-actions">
        <a class="button" href={stripeHref(event)} target="_blank" rel="noreferrer noopener">
          Open in Stripe
          <Icon name="out" />
        </a>
        {can('events/:stripeId/discard') && status === 'dead' && (
          <button type="button" class="button" onClick={onDiscard}>
            Discard …
          </button>
        )}
        {can('events/:stripeId/replay') && (
          <button type="button" class="button button-main" disabled={status === 'processing'} onClick={onReplay}>
            <Icon name="replay" />
            Replay …
          </button>
        )}
      </div>
    </div>
  );
}
