import type Sqlite from 'better-sqlite3';
import type { EventStatus, RunStatus } from '../../src/events';
import { EFFECT_TABLE } from './ledger-pool';

/** An event's row. */
export interface EventRow {
  readonly id: string;
  readonly stripe_id: string;
  readonly kind: string;
  readonly status: EventStatus;
  readonly attempts: number;
  readonly lost: number;
  readonly lease_no: number;
  readonly lease_until: number | null;
  readonly lane: number;
  readonly replay_no: number;
  readonly order_lock: string | null;
  readonly held_since: number | null;
  readonly next_attempt_at: number | null;
  readonly processed_at: number | null;
  readonly object_id: string | null;
  readonly created_at: number | null;
  readonly received_at: number;
}

/** A run's row. */
export interface RunRow {
  readonly event_id: string;
  readonly replay_no: number;
  readonly handler: string;
  readonly status: RunStatus;
  readonly attempts: number;
}

/** What is committed at one moment. */
export interface Snapshot {
  readonly events: ReadonlyMap<string, EventRow>;
  readonly runs: ReadonlyMap<string, RunRow>;
  /** How many effects of a handler's on an event there are, by {@link effectKey}. */
  readonly effects: ReadonlyMap<string, number>;
}

export const NOTHING: Snapshot = { events: new Map(), runs: new Map(), effects: new Map() };

export function runKey(run: Pick<RunRow, 'event_id' | 'replay_no' | 'handler'>): string {
  return `${run.event_id} ${run.replay_no} ${run.handler}`;
}

export function effectKey(effect: Pick<RunRow, 'event_id' | 'handler'>): string {
  return `${effect.event_id} ${effect.handler}`;
}

/** Reads what is committed, if that has changed. */
export class SnapshotReader {
  private version: unknown;
  private readonly events: Sqlite.Statement<[], EventRow>;
  private readonly runs: Sqlite.Statement<[], RunRow>;
  private readonly effects: Sqlite.Statement<[], { event_id: string; handler: string; effects: number }>;
  private readonly strays: Sqlite.Statement<[], { strays: number }>;

  constructor(private readonly observer: Sqlite.Database) {
    this.events = observer.prepare('SELECT * FROM stripe_event ORDER BY id');
    this.runs = observer.prepare('SELECT event_id, replay_no, handler, status, attempts FROM stripe_event_handler_run');
    this.effects = observer.prepare(
      `SELECT event_id, handler, COUNT(*) AS effects FROM ${EFFECT_TABLE} GROUP BY event_id, handler`,
    );
    this.strays = observer.prepare(
      `SELECT (SELECT COUNT(*) FROM stripe_event WHERE id NOT IN (SELECT event_id FROM stripe_event_payload))
 + (SELECT COUNT(*) FROM stripe_event_payload WHERE event_id NOT IN (SELECT id FROM stripe_event))
 + (SELECT COUNT(*) FROM stripe_event_handler_run WHERE event_id NOT IN (SELECT id FROM stripe_event)) AS strays`,
    );
  }

  /** What is committed now; undefined when that is the same as before. */
  changed(): Snapshot | undefined {
    const version = this.observer.pragma('data_version', { simple: true });
    if (version === this.version) {
      return undefined;
    }
    this.version = version;
    return {
      events: new Map(this.events.all().map((row) => [row.id, row])),
      runs: new Map(this.runs.all().map((row) => [runKey(row), row])),
      effects: new Map(this.effects.all().map((row) => [effectKey(row), row.effects])),
    };
  }

  /** Events without a body, and bodies and runs without an event. */
  countStrays(): number {
    return this.strays.get()?.strays ?? 0;
  }
}
