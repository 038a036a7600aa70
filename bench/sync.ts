import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { API_KEY, startStripeApi, type StripeApi } from '../test/support/stripe-api';
import { machine } from './support/machine';
import { query, startPostgres } from './support/postgres';
import { keepResults } from './support/results';
import { median, readable } from './support/statistics';
import type { Command, Message } from './sync/protocol';

const CUSTOMERS = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);
const CHANGES_EVERY_MS = 50;
const PAGE = 100;
const CREATED = 1_700_000_000;
const WORKER = join(__dirname, 'sync', 'worker.js');

type Sample = Extract<Message, { kind: 'sample' }> & { readonly atMs: number };

/** One process of the sync: what it said, and when. */
interface Worker {
  readonly child: ChildProcess;
  readonly samples: Sample[];
  readonly ended: Promise<unknown>;
}

/** What the sync came to. */
interface Outcome {
  readonly seconds: number;
  readonly killedAt: number;
  readonly pages: number;
  readonly changes: number;
  readonly workers: readonly (readonly Sample[])[];
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
    keepResults('sync', report(outcome, machine(postgres.version)), { ...outcome, customers: CUSTOMERS });
  } finally {
    await api.close();
    await postgres.remove();
  }
}

async function sync(api: StripeApi, url: string, changes: Changes): Promise<Outcome> {
  const begin = performance.now();
  const first = start(api, url);
  changes.sendTo(first.child);
  while ((first.samples.at(-1)?.done ?? 0) < CUSTOMERS / 2) {
    await pause(100);
  }
  first.child.kill('SIGKILL');
  const second = start(api, url);
  changes.sendTo(second.child);
  await second.ended;
  const seconds = (performance.now() - begin) / 1000;
  changes.stop();
  const pages = api.requests.filter(({ path }) => path.startsWith('/v1/customers?')).length;
  await untilSettled(url);
  const ended = once(second.child, 'exit');
  second.child.send({ kind: 'stop' } satisfies Command);
  await ended;
  const workers = [first.samples, second.samples];
  return { seconds, killedAt: first.samples.at(-1)?.done ?? NaN, pages, changes: changes.newest.size, workers };
}

function start({ clientOptions }: StripeApi, url: string): Worker {
  const child = fork(WORKER, [url, String(clientOptions.port), API_KEY], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const samples: Sample[] = [];
  const ended = new Promise<void>((resolve) => {
    child.on('message', (message: Message) => {
      if (message.kind === 'ended') {
        resolve();
      } else {
        samples.push({ ...message, atMs: performance.now() });
      }
    });
  });
  return { child, samples, ended };
}

/** Customers that change at Stripe while the sync goes on, and the events that say so. */
class Changes {
  readonly newest = new Map<string, string>();
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly api: StripeApi) {}

  sendTo(child: ChildProcess): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      this.change(child);
    }, CHANGES_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
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
    child.send({ kind: 'event', event } satisfies Command);
  }
}

/** Until the events are handled, and nobody is left to be fetched again. */
async function untilSettled(url: string): Promise<void> {
  for (;;) {
    const open = await query(
      url,
      `SELECT 1 FROM stripe_event WHERE status IN ('pending', 'processing') UNION ALL SELECT 1 FROM stripe_customer WHERE refresh_at IS NOT NULL LIMIT 1`,
    );
    if (open.length === 0) {
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

function report({ seconds, killedAt, pages, changes, workers }: Outcome, machineLine: string): string {
  const needed = Math.ceil(CUSTOMERS / PAGE);
  const lines = workers.map((samples, index) => {
    // The first seconds are those of starting.
    const warm = samples.slice(5);
    const quarter = Math.max(1, Math.floor(warm.length / 4));
    const memory = (some: readonly Sample[]): string =>
      `${readable(median(some.map(({ rssMb }) => rssMb)))} (${readable(median(some.map(({ heapMb }) => heapMb)))})`;
    const [from, to] = [warm[0], warm.at(-1)];
    const rate = from && to ? ((to.done - from.done) * 1000) / (to.atMs - from.atMs) : NaN;
    const title = index === 0 ? 'until it was killed' : 'from there to the end';
    return `| ${title} | ${readable(rate)} | ${memory(warm.slice(0, quarter))} | ${memory(warm.slice(-quarter))} |`;
  });
  return [
    '# A sync of all customers',
    '',
    `Made by \`npm run bench:sync\` on ${machineLine}; the worker, the database and a stand-in for the Stripe API share the`,
    `machine. ${readable(CUSTOMERS)} customers of about 900 bytes, 100 a page, at most 20 requests a second, so at most 2,000`,
    'customers a second. The process is killed (`SIGKILL`) half way; another one takes the run over when its lease of three',
    'seconds is out. All the while 20 customers a second change at Stripe, each with its event.',
    '',
    '| process | customers per second | RSS (heap) in MiB, first quarter | last quarter |',
    '| --- | --: | --: | --: |',
    ...lines,
    '',
    `${readable(seconds)} seconds in all. Killed at ${readable(killedAt)}. ${readable(pages)} pages were asked for, where`,
    `${readable(needed)} are needed: what was not stored yet was fetched again. Checked at the end: every customer is there`,
    `once, none is marked as deleted, and all ${readable(changes)} that changed meanwhile are as Stripe has them.`,
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
