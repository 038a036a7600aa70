import type { ComponentChildren } from 'preact';
import type { Call, EventDetail, Run } from '../api/types';
import { ErrorBox, Text, Time } from '../ui/basics';
import { duration, ordinal } from '../ui/words';

type Tone = 'good' | 'bad' | 'wait' | 'plain';

interface Step {
  readonly at: string | null;
  readonly tone: Tone;
  readonly title: ComponentChildren;
  readonly more?: ComponentChildren;
}

/** An event's life, from Stripe to where it is now. */
export function Timeline({ event }: { readonly event: EventDetail }) {
  return (
    <ol class="timeline">
      {stepsOf(event).map(({ at, tone, title, more }, index) => (
        <li key={index} class={`step step-${tone}`}>
          <div class="step-title">
            <span>{title}</span>
            <Time at={at} fallback="" />
          </div>
          {more}
        </li>
      ))}
    </ol>
  );
}

function stepsOf(event: EventDetail): Step[] {
  return [
    { at: event.createdAt, tone: 'plain', title: 'Created by Stripe' },
    { at: event.receivedAt, tone: 'plain', title: `Received by ${event.source}`, more: <Delay event={event} /> },
    ...callSteps(event),
    ...lastStep(event),
  ];
}

function Delay({ event: { createdAt, receivedAt } }: { readonly event: EventDetail }) {
  const ms = Date.parse(receivedAt ?? '') - Date.parse(createdAt ?? '');
  return ms >= 60_000 ? <p class="step-more">{duration(ms)} after it was created</p> : null;
}

/** The calls of handlers, with a line where they began anew. */
function callSteps({ history, replays }: EventDetail): Step[] {
  const steps = history.flatMap((call, index) => {
    const before = history[index - 1]?.replay ?? (index === 0 ? 0 : call.replay);
    return call.replay > before ? [replayStep(call.replay), callStep(call)] : [callStep(call)];
  });
  return (history.at(-1)?.replay ?? 0) < replays ? [...steps, replayStep(replays)] : steps;
}

function replayStep(replay: number): Step {
  return { at: null, tone: 'plain', title: replay === 1 ? 'Replayed' : `Replayed, for the ${ordinal(replay)} time` };
}

function callStep({ handler, status, attempt, startedAt, durationMs, error }: Call): Step {
  const words = { succeeded: 'succeeded', failed: 'failed', dead: 'failed, and was given up' } as const;
  return {
    at: startedAt,
    tone: status === 'succeeded' ? 'good' : 'bad',
    title: (
      <>
        <strong>
          <Text of={handler} />
        </strong>{' '}
        {words[status]}
      </>
    ),
    more: (
      <>
        <p class="step-more">
          {attempt > 0 ? `attempt ${attempt}, ` : ''}
          {duration(durationMs)}
        </p>
        {error !== null && <ErrorBox of={error} />}
      </>
    ),
  };
}

function lastStep({ status, processedAt, nextAttemptAt, ignoredReason, lastError, runs }: EventDetail): Step[] {
  switch (status) {
    case 'succeeded':
      return [{ at: processedAt, tone: 'good', title: 'Done: every handler succeeded' }];
    case 'dead':
      return [
        {
          at: processedAt,
          tone: 'bad',
          title: 'Dead letter: waits for a replay',
          more: <Why of={lastError} runs={runs} />,
        },
      ];
    case 'ignored':
      return [{ at: processedAt, tone: 'plain', title: `Ignored: ${ignoredReason ?? 'no reason was kept'}` }];
    case 'processing':
      return [{ at: null, tone: 'wait', title: 'Being handled now' }];
    case 'pending':
      return [{ at: nextAttemptAt, tone: 'wait', title: runs.length === 0 ? 'Due' : 'Next attempt due' }];
  }
}

/** The event's own error, where no run tells it already. */
function Why({ of, runs }: { readonly of: string | null; readonly runs: readonly Run[] }) {
  if (of === null || runs.some(({ error }) => error === of)) return null;
  return <ErrorBox of={of} />;
}
