import { OutcomeChart } from '../chart/outcome-chart';
import { route, setQuery } from '../state/route';
import { ask } from '../state/session';
import { usePolled } from '../state/polled';
import type { EventPage, Stats } from '../api/types';
import { Card, Loading, Problem } from '../ui/basics';
import { Attention } from './overview-attention';
import { EndpointsCard } from './overview-endpoints';
import { hasSyncRuns, SyncRunsCard } from './sync-runs';
import { Handlers, Kinds } from './overview-tables';
import { Tiles } from './overview-tiles';
import { Verdict } from './overview-verdict';

const WINDOWS = ['15m', '1h', '6h', '24h', '7d', '30d'] as const;
const STANDARD = '24h';
/** Longer windows cost the database more, and change less. */
const EVERY_MS: Readonly<Record<string, number>> = { '7d': 30_000, '30d': 120_000 };

interface Overview {
  readonly stats: Stats;
  readonly dead: EventPage;
  readonly newest: EventPage;
}

export function OverviewPage() {
  const window = WINDOWS.find((known) => known === route.value.query['window']) ?? STANDARD;
  const state = usePolled<Overview>({
    key: window,
    load: (signal) => loadOverview(window, signal),
    every: () => EVERY_MS[window] ?? 5_000,
  });
  const { answer, problem } = state.value;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Overview</h1>
        <Windows chosen={window} />
      </div>
      <Problem of={problem} />
      {answer === null ? problem === null && <Loading /> : <Content {...answer} />}
    </>
  );
}

async function loadOverview(window: string, signal: AbortSignal): Promise<Overview> {
  const [stats, dead, newest] = await Promise.all([
    ask<Stats>('stats', { query: { window }, signal }),
    ask<EventPage>('events', { query: { status: 'dead', limit: '6' }, signal }),
    ask<EventPage>('events', { query: { limit: '1' }, signal }),
  ]);
  return { stats, dead, newest };
}

function Windows({ chosen }: { readonly chosen: string }) {
  return (
    <div class="segments" role="group" aria-label="Time window">
      {WINDOWS.map((window) => (
        <button
          key={window}
          type="button"
          aria-pressed={window === chosen}
          onClick={() => setQuery({ window: window === STANDARD ? undefined : window })}
        >
          {window}
        </button>
      ))}
    </div>
  );
}

function Content({ stats, dead, newest }: Overview) {
  return (
    <>
      <Verdict stats={stats} dead={dead.data} newest={newest.data[0]} />
      <Tiles stats={stats} />
      <Card title="Events a minute" action={<span class="muted">by what became of them</span>}>
        <OutcomeChart stats={stats} />
      </Card>
      <div class="columns">
        <Attention dead={dead.data} />
        <Handlers of={stats.handlers} />
        <Kinds stats={stats} />
        {hasSyncRuns() && <SyncRunsCard />}
        <EndpointsCard />
      </div>
    </>
  );
}
