import type { ComponentChildren } from 'preact';
import { STATUSES, type EventStatus, type Stats } from '../api/types';
import { hrefTo } from '../state/route';
import { count, duration, percent } from '../ui/words';

/** The figures of the window; those that are events lead to them. */
export function Tiles({ stats }: { readonly stats: Stats }) {
  const received = STATUSES.reduce((sum, status) => sum + stats.byStatus[status], 0);
  const runs = stats.handlers.reduce((sum, handler) => sum + handler.runs, 0);
  const failures = stats.handlers.reduce((sum, handler) => sum + handler.failures, 0);
  return (
    <div class="tiles">
      <Tile name="Received" href={hrefTo(['events'], { from: stats.from ?? undefined })}>
        {count(received)}
      </Tile>
      {(['succeeded', 'pending', 'dead', 'ignored'] as const).map((status) => (
        <StatusTile key={status} status={status} stats={stats} />
      ))}
      <Tile name="Failing runs" tone={failures > 0 ? 'bad' : ''}>
        {runs === 0 ? '–' : percent(failures / runs)}
      </Tile>
      <Tile name="Oldest due" tone={(stats.oldestDueAgeMs ?? 0) > 60_000 ? 'bad' : ''}>
        {stats.oldestDueAgeMs === null ? 'none' : duration(stats.oldestDueAgeMs)}
      </Tile>
    </div>
  );
}

function StatusTile({ status, stats }: { readonly status: EventStatus; readonly stats: Stats }) {
  const events = status === 'pending' ? stats.byStatus.pending + stats.byStatus.processing : stats.byStatus[status];
  return (
    <Tile
      name={status === 'pending' ? 'In progress' : status}
      tone={status === 'dead' && events > 0 ? 'bad' : ''}
      href={hrefTo(['events'], { status, from: stats.from ?? undefined })}
    >
      {count(events)}
    </Tile>
  );
}

function Tile({
  name,
  href,
  tone = '',
  children,
}: {
  readonly name: string;
  readonly href?: string;
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  const content = (
    <>
      <span class="tile-name">{name}</span>
      <span class="tile-value">{children}</span>
    </>
  );
  const look = `tile ${tone === '' ? '' : `tile-${tone}`}`;
  return href === undefined ? (
    <div class={look}>{content}</div>
  ) : (
    <a class={look} href={href}>
      {content}
    </a>
  );
}
