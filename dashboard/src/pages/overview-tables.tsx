import type { HandlerStats, Stats } from '../api/types';
import { hrefTo } from '../state/route';
import { Card, Empty, Text } from '../ui/basics';
import { count, duration, percent } from '../ui/words';

const MOST = 8;

/** What fails most, then what is slowest. */
export function Handlers({ of }: { readonly of: readonly HandlerStats[] }) {
  const sorted = [...of].sort((a, b) => b.failures - a.failures || (b.p95Ms ?? 0) - (a.p95Ms ?? 0)).slice(0, MOST);
  return (
    <Card title="Handlers" action={<span class="muted">failing, then slowest</span>}>
      {sorted.length === 0 ? (
        <Empty title="No handler ran in this window." />
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Handler</th>
              <th scope="col" class="number">
                Runs
              </th>
              <th scope="col" class="number">
                Failing
              </th>
              <th scope="col" class="number spare">
                p50
              </th>
              <th scope="col" class="number">
                p95
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(({ handler, runs, failures, p50Ms, p95Ms }) => (
              <tr key={handler}>
                <th scope="row">
                  <Text of={handler} />
                </th>
                <td class="number">{count(runs)}</td>
                <td class={`number ${failures > 0 ? 'bad' : 'muted'}`}>
                  {count(failures)} <small class="spare">({percent(runs === 0 ? 0 : failures / runs)})</small>
                </td>
                <td class="number spare">{p50Ms === null ? '–' : duration(p50Ms)}</td>
                <td class="number">{p95Ms === null ? '–' : duration(p95Ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

export function Kinds({ stats }: { readonly stats: Stats }) {
  const most = stats.byKind[0]?.count ?? 1;
  return (
    <Card title="Types" action={<span class="muted">most frequent</span>}>
      {stats.byKind.length === 0 ? (
        <Empty title="Nothing was received in this window." />
      ) : (
        <ul class="bars">
          {stats.byKind.slice(0, MOST).map(({ kind, count: events }) => (
            <li key={kind}>
              <a href={hrefTo(['events'], { kind, from: stats.from ?? undefined })}>
                <span>
                  <Text of={kind} />
                </span>
                <b>{count(events)}</b>
                <meter min={0} max={most} value={events} aria-hidden="true" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
