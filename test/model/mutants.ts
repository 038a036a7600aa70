/** A ledger with a mistake in it, which the model has to notice. */
export interface Mutant {
  readonly name: string;
  /** What every statement is turned into. */
  readonly sql?: (sql: string) => string;
  /** Records a transactional run in a transaction of its own, after the handler's. */
  readonly recordsRunsAfterCommit?: boolean;
  /** What the model says of it. */
  readonly caughtAs: RegExp;
}

/** Changes a part of the statements, where they also have the other. */
function instead(part: string, other: string, where = ''): (sql: string) => string {
  return (sql) => (sql.includes(where) ? sql.replace(part, other) : sql);
}

const FENCE = 'AND lease_no = ? ';
const STATUS = "AND status = 'processing'";
const CLAIM = "SET status = 'processing'";
const REPLAY = 'lane = CASE';
const PRUNE = "status IN ('succeeded', 'ignored')";

/** Mistakes that are easily made, each of which loses, repeats, mixes up or leaves something. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'lets a worker write without its lease',
    sql: instead(FENCE, 'AND ? IS NOT NULL '),
    caughtAs: /without (the|its) lease|not how its handler ended|not all of its handlers have/,
  },
  {
    name: 'lets a worker write to an event that was taken from it and is not taken up yet',
    sql: instead(STATUS, '', FENCE),
    caughtAs: /without (the|its) lease|a worker that does not have it|a settled event/,
  },
  {
    name: 'lets a worker write without its lease, to whatever the event is',
    sql: (sql) => (sql.includes(FENCE) ? sql.replace(STATUS, '').replace(FENCE, 'AND ? IS NOT NULL ') : sql),
    caughtAs: /without (the|its) lease|a worker that does not have it|a settled event/,
  },
  {
    name: 'never takes an event from a worker that vanished',
    sql: instead('lease_until < test_now()', '1 = 0'),
    caughtAs: /is processing for ever/,
  },
  {
    name: 'takes an event from a worker whose lease holds',
    sql: instead('lease_until < test_now()', 'lease_until < test_now() + 5000'),
    caughtAs: /whose lease had not ended/,
  },
  {
    name: 'lets an event take down workers for ever',
    sql: (sql) => sql.replaceAll('lost + 1 >= 5', 'lost + 1 >= 500'),
    caughtAs: /a vanished worker made it pending/,
  },
  {
    name: 'claims without a new lease',
    sql: instead('lease_no = lease_no + 1,', '', CLAIM),
    caughtAs: /without a new lease/,
  },
  {
    name: 'does not give the attempt back',
    sql: instead('attempts = attempts - ?', 'attempts = attempts - 0 * ?'),
    caughtAs: /was not given back/,
  },
  {
    name: 'leaves the object locked',
    sql: instead('order_lock = NULL, ', '', FENCE),
    caughtAs: /a lock on its object/,
  },
  {
    name: 'handles two events of an object at the same time',
    // The unique index would notice it as well, so it goes too.
    sql: (sql) => sql.replace("sibling.status > 'pending'", '1 = 0').replace('order_lock = CASE id', 'order_lock = id || CASE id'), // prettier-ignore
    caughtAs: /in work together/,
  },
  {
    name: 'lets later events pass an earlier one that waits',
    sql: instead("sibling.status = 'pending' AND sibling.created_at IS NOT NULL", '1 = 0'),
    caughtAs: /which is earlier and waits/,
  },
  {
    name: 'does not call the next event of an object',
    sql: instead("AND status = 'pending' AND held_since IS NOT NULL", 'AND 1 = 0'),
    caughtAs: /was not called/,
  },
  {
    name: 'records a run apart from its transaction',
    recordsRunsAfterCommit: true,
    caughtAs: /effects after/,
  },
  {
    name: 'lets a duplicate start an event again',
    sql: instead('DO NOTHING RETURNING', "DO UPDATE SET status = 'pending' RETURNING"),
    caughtAs: /may not change events \(record\)/,
  },
  {
    name: 'replays an event that a worker has',
    sql: instead("AND status <> 'processing'", '', REPLAY),
    caughtAs: /replayed while a worker had it/,
  },
  {
    name: 'leaves the lease of before valid when an event is replayed',
    sql: instead('lease_no = lease_no + 1,', '', REPLAY),
    caughtAs: /left the lease of before valid/,
  },
  {
    name: 'deletes dead events',
    sql: instead(PRUNE, "status IN ('succeeded', 'ignored', 'dead')"),
    caughtAs: /, dead, was deleted by prune/,
  },
  {
    name: 'deletes events that are not old enough',
    sql: instead('processed_at < ?', 'processed_at < ? + 15000', PRUNE),
    caughtAs: /was deleted by prune/,
  },
];
