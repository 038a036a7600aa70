import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { momentColumn, optionalTextColumn, textColumn } from '../database';

/** What a sync run fetches from Stripe. */
export type SyncRunKind = (typeof SYNC_RUN_KINDS)[number];

/** Missed snapshot events, missed thin events, customers. */
export const SYNC_RUN_KINDS = ['catch-up', 'thin-catch-up', 'customers'] as const;

/** Where a sync run is on its way. */
export type SyncRunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** One fetching of many objects from Stripe: a catch-up of missed events, or a sync of customers. */
@Entity('stripe_sync_run')
@Index('idx_stripe_sync_run_lock', ['runLock'], { unique: true, where: 'run_lock IS NOT NULL' })
@Index('idx_stripe_sync_run_scope', ['scope', 'id'])
export class SyncRunEntity {
  /** The run's id; ids sort in the order of starting. */
  @PrimaryColumn(textColumn('id', 26))
  id!: string;

  /** What it fetches. */
  @Column(textColumn('kind', 16))
  kind!: SyncRunKind;

  /** The trust domain it fetches for. */
  @Column(textColumn('endpoint', 64))
  endpoint!: string;

  /** The connected account it fetches from, `acct_…`; null for one's own. */
  @Column(optionalTextColumn('account'))
  account!: string | null;

  /** What it is about, hashed: the kind, the endpoint and the account. */
  @Column(textColumn('scope', 64))
  scope!: string;

  /** The scope, while it runs: no other run of the scope can start then. */
  @Column(optionalTextColumn('run_lock', 64))
  runLock!: string | null;

  /** Where it is on its way. */
  @Column(textColumn('status', 12))
  status!: SyncRunStatus;

  /** How many objects it is through with. */
  @Column({ type: 'int', default: 0 })
  done!: number;

  /** How many there are; null while that is not known, and where Stripe does not say. */
  @Column({ type: 'int', nullable: true })
  total!: number | null;

  /** How many were new here. */
  @Column({ type: 'int', default: 0 })
  added!: number;

  /** How many were known here already. */
  @Column({ type: 'int', default: 0 })
  known!: number;

  /** How many could not be taken. */
  @Column({ type: 'int', default: 0 })
  failed!: number;

  /** From where another process goes on, in words of the kind's own. */
  @Column({ type: 'text', nullable: true })
  checkpoint!: string | null;

  /** From when on it was asked to fetch. */
  @Column(momentColumn('since', true))
  since!: Date | null;

  /** Up to when everything has been fetched, by this run and those of the scope before it. */
  @Column(momentColumn('covered_until', true))
  coveredUntil!: Date | null;

  /** When it was started. */
  @Column(momentColumn('started_at'))
  startedAt!: Date;

  /** When it ended. */
  @Column(momentColumn('finished_at', true))
  finishedAt!: Date | null;

  /** The number of the latest lease. Every write of a process carries it, so that one which lost its lease writes nothing. */
  @Column({ name: 'lease_no', type: 'int', default: 0 })
  leaseNo!: number;

  /** Until when the process that works on it may be silent. */
  @Column(momentColumn('lease_until'))
  leaseUntil!: Date;

  /** Why it failed, without secrets, at most 2,000 characters. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** Whether it has ended, one way or another. */
  get ended(): boolean {
    return this.status !== 'running';
  }
}
