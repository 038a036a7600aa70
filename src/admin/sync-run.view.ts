import { SYNC_RUN_KINDS, type SyncRunEntity, type SyncRunKind, type SyncRunStatus } from '../sync-runs';
import { moment } from './moment';
import { ApiField, ApiSchema } from './openapi';

/** A catch-up or a sync as the administration shows it. */
@ApiSchema('StripeSyncRunView')
export class SyncRunView {
  @ApiField({ type: 'string' })
  run!: string;

  @ApiField({ type: 'string', enum: SYNC_RUN_KINDS })
  kind!: SyncRunKind;

  @ApiField({ type: 'string', description: 'The account of one’s own, by its name.' })
  endpoint!: string;

  @ApiField({ type: 'string', nullable: true, description: 'The connected account; null for one’s own.' })
  account!: string | null;

  @ApiField({ type: 'string', enum: ['running', 'succeeded', 'failed', 'cancelled'] })
  status!: SyncRunStatus;

  @ApiField({ type: 'integer', description: 'How many objects it is through with.' })
  done!: number;

  @ApiField({ type: 'integer', nullable: true, description: 'How many there are, where that is known.' })
  total!: number | null;

  @ApiField({ type: 'integer', description: 'How many were new here.' })
  added!: number;

  @ApiField({ type: 'integer', description: 'How many were known here already.' })
  known!: number;

  @ApiField({ type: 'integer', description: 'How many could not be taken.' })
  failed!: number;

  @ApiField({ type: 'string', format: 'date-time', nullable: true, description: 'From when on it was asked to fetch.' })
  since!: string | null;

  @ApiField({ type: 'string', format: 'date-time' })
  startedAt!: string | null;

  @ApiField({ type: 'string', format: 'date-time', nullable: true })
  finishedAt!: string | null;

  @ApiField({ type: 'string', nullable: true })
  error!: string | null;
}

/** The latest runs. */
@ApiSchema('StripeSyncRuns')
export class SyncRunListView {
  @ApiField({ type: () => SyncRunView, isArray: true, description: 'Newest first.' })
  data!: SyncRunView[];
}

/** A run that was started, or was running already. */
@ApiSchema('StripeSyncRunStarted')
export class SyncRunStartedView {
  @ApiField({ type: 'string', description: 'The id of the run; `GET runs/:run` shows how far it is.' })
  run!: string;
}

/** What is shown of a run. */
export function syncRunView(run: SyncRunEntity): SyncRunView {
  const { id, kind, endpoint, account, status, done, total, added, known, failed, error } = run;
  return {
    ...{ run: id, kind, endpoint, account, status, done, total, added, known, failed },
    since: moment(run.since),
    startedAt: moment(run.startedAt),
    finishedAt: moment(run.finishedAt),
    error,
  };
}
