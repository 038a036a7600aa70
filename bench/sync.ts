import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API_KEY, startStripeApi, type StripeApi } from '../test/support/stripe-api';
import { machine } from './support/machine';
import { query, startPostgres } from './support/postgres';
import { keepResults } from './support/results';
import type { Command, Message } from './sync/protocol';
import { report, type Outcome, type Sample } from './sync/report';

const CUSTOMERS = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);
const CHANGES_EVERY_MS = 50;
const CREATED = 1_700_000_000;
/** Enough of them for a short sync too. */
const SAMPLE_EVERY_MS = Math.min(5_000, Math.max(600, CUSTOMERS / 200));
const WORKER = join(__dirname, 'sync', 'worker.js');

/** One process of the sync: what it said, and when. */
interface Worker {
  readonly child: ChildProcess;
  readonly samples: Sample[];
  /** Whether its sync has. */
  hasEnded(): boolean;
}

/** What the processes of a sync share. */
interface Begun {
  readonly api: StripeApi;
  readonly url: string;
  readonly begin: number;
  readonly changes: Changes;
}

/** A sync of very many customers, killed half way and resumed, with a stream of changes beside it. */
async function main(): Promise<void> {
  const postgres = await startPostgres();
  const api = await startStripeApi();
  try {
    api.account.customers.generate(CUSTOMERS, customer);
    const url = await postgres.create('sync');
    const changes = new Changes(api);
    const outcome = await sync(api, url, changes);
    await check(url, changes);
    keepResults('sync', report(outcome, machine(postgres.version)), outcome);
  } finally {
    await api.close();
    await postgres.remove();
  }
}

async function sync(api: StripeApi, url: string, changes: Changes): Promise<Outcome> {
  const begin = performance.now();
  const begun = { api, url, begin, changes };
  const first = start(begun);
  while ((first.samples.at(-1)?.done ?? 0) < CUSTOMERS / 2) {
    failIfEnded(first);
    await pause(50);
  }
  first.child.kill('SIGKILL');
  const killedAt = first.samples.at(-1)?.done ?? NaN;
  const second = start(begun);
  while (!second.hasEnded()) {
    failIfEnded(second);
    await pause(50);
  }
  const seconds = (performance.now() - begin) / 1000;
  changes.stop();
  const pages = api.requests.filter(({ path }) => path.startsWith('/v1/customers?')).length;
  await untilSettled(url, changes);
  const ended = once(second.child, 'exit');
  second.child.send({ kind: 'stop' } satisfies Command);
  await ended;
  const workers = [first.samples, second.samples];
  return { customers: CUSTOMERS, seconds, killedAt, pages, changes: changes.newest.size, workers };
}

function start({ api, url, begin, changes }: Begun): Worker {
  const child = fork(WORKER, [url, String(api.clientOptions.port), API_KEY, String(SAMPLE_EVERY_MS)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const samples: Sample[] = [];
  let ended = false;
  child.on('message', (message: Message) => {
    if (message.kind === 'ended') {
      ended = true;
    } else if (message.kind === 'stored') {
      changes.stored(message.event);
    } else {
      const { done, rssMb, heapMb } = message;
      samples.push({ done, rssMb, heapMb, atMs: performance.now() - begin });
    }
  });
  changes.sendTo(child);
  return { child, samples, hasEnded: () => ended };
}

function failIfEnded({ child: { exitCode, signalCode } }: Worker): void {
  if (exitCode !== null || signalCode !== null) {
    throw new Error('A process of the benchmark ended before its sync did.');
  }
}

/** Customers that change at Stripe while the sync goes on, and the events that say so. */
class Changes {
  readonly newest = new Map<string, string>();
  private readonly unconfirmed = new Map<string, Command>();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly api: StripeApi) {}

  /** As Stripe does, what was not confirmed is sent again. */
  sendTo(child: ChildProcess): void {
    clearInterval(this.timer);
    for (const command of this.unconfirmed.values()) {
      child.send(command);
    }
    this.timer = setInterval(() => {
      this.change(child);
    }, CHANGES_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  get areStored(): boolean {
    return this.unconfirmed.size === 0;
  }

  stored(event: string): void {
    this.unconfirmed.delete(event);
  }

  private change(child: ChildProcess): void {
    if (!child.connected) {
      return;
    }
    this.count += 1;
    const object = { ...customer(Math.floor(Math.random() * CUSTOMERS)), name: `Change ${this.count}` };
    this.api.account.customers.put(object);
    this.newest.set(object.id, object.name);
    const created = Math.floor(Date.now() / 1000);
    const event = { id: `evt_${this.count}`, object: 'event', type: 'customer.updated', created, data: { object } };
    const command: Command = { kind: 'event', event };
    this.unconfirmed.set(event.id, command);
    child.send(command);
  }
}

/** Until the events are handled, and nobody is left to be fetched again. */
async function untilSettled(url: string, changes: Changes): Promise<void> {
  for (;;) {
    const open = await query(
      url,
      `SELECT 1 FROM stripe_event WHERE status IN ('pending', 'processing') UNION ALL SELECT 1 FROM stripe_customer WHERE refresh_at IS NOT NULL LIMIT 1`,
    );
    if (open.length === 0 && changes.areStored) {
      return;
    }
    await pause(500);
  }
}

/** Every customer is there once, none is marked, and whoever changed is as Stripe has them. */
async function check(url: string, { newest }: Changes): Promise<void> {
  const [row] = await query(
    url,
    'SELECT COUNT(*) AS all_rows, COUNT(synced_at) AS seen, COUNT(deleted_at) AS deleted FROM stripe_customer',
  );
  const rows = await query(url, 'SELECT stripe_id, name FROM stripe_customer WHERE stripe_id = ANY($1)', [
    [...newest.keys()],
  ]);
  const stale = rows.filter(({ stripe_id: id, name }) => newest.get(String(id)) !== name).length;
  const facts = { rows: Number(row?.all_rows), seen: Number(row?.seen), deleted: Number(row?.deleted), stale };
  if (
    facts.rows !== CUSTOMERS ||
    facts.seen !== CUSTOMERS ||
    facts.deleted !== 0 ||
    rows.length !== newest.size ||
    stale !== 0
  ) {
    throw new Error(`The mirror is not what Stripe has: ${JSON.stringify(facts)}. Nothing is kept.`);
  }
}

function customer(index: number) {
  const address = {
    city: 'Berlin',
    country: 'DE',
    line1: `Street ${index}`,
    line2: null,
    postal_code: '10115',
    state: null,
  };
  return {
    ...{ id: `cus_${index}`, object: 'customer' as const, created: CREATED + Math.floor(index / 50), livemode: false },
    ...{ address, balance: -(index % 1_000), currency: 'eur', default_source: null, delinquent: false },
    ...{ description: null, discount: null, email: `person-${index}@example.com`, invoice_prefix: `P${index}` },
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    ...{ metadata: { user: String(index) }, name: `Person ${index}`, phone: null, preferred_locales: ['de'] },
    ...{ shipping: null, tax_exempt: 'none', test_clock: null },
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
