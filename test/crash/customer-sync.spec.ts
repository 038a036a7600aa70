import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CustomerEntity } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { SyncRunEntity } from '../../src/sync-runs';
import type { CrashProcess } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import { API_KEY, startStripeApi, type CustomerObject, type StripeApi } from '../support/stripe-api';
import { waitUntil } from '../support/wait-until';

const PAGE = 100;
const PAGES = 24;
const CUSTOMERS = PAGES * PAGE;
/** Pages that are stored when the first process is killed. */
const PAGES_BEFORE = 10;
/** Known here, and not at Stripe any more. */
const GONE = ['cus_gone_1', 'cus_gone_2', 'cus_gone_3'];
const LIST = '/v1/customers?';
const CREATED = 1_700_000_000;

const scenes = crashScenes();
// SQLite and one server: what differs between servers is in the statements, which have tests of their own.
const kinds = crashDatabases.filter(({ family }) => family !== 'mysql');

describe.each(kinds)('a process that is killed in the middle of a sync of all customers, on $name', (kind) => {
  let api: StripeApi;
  beforeEach(async () => {
    api = await startStripeApi();
    api.account.customers.generate(CUSTOMERS, customer);
    // It has a stub of this one, and has never heard of the others.
    api.account.customers.delete(GONE[0]!);
  });
  afterEach(() => api.close());

  it('leaves the rest to another one, while customers change: the mirror ends as Stripe has them', async () => {
    const scene = await scenes.open(kind);
    const runs = scene.database.dataSource.getRepository(SyncRunEntity);
    const stripeApi = { apiKey: API_KEY, clientOptions: api.clientOptions };
    const changes = new Changes(api);

    const receiver = await scene.start();
    await knowThoseWhoAreGone(scene, receiver);
    await receiver.stop();

    const held = api.faults.hold(LIST, PAGES_BEFORE);
    const victim = await scene.start({ stripeApi, fetches: 'customers' });
    await held.reached;
    await waitUntil('what was listed is stored', async () => (await runs.find())[0]?.done === PAGES_BEFORE * PAGE);
    await changes.tell(victim, 40);
    await victim.kill();
    held.release();
    // Nobody is there to be told: Stripe delivers these again later.
    const missed = Array.from({ length: 20 }, () => changes.make());
    const asked = api.requests.length;

    const last = api.faults.hold(LIST, PAGES - PAGES_BEFORE - 1);
    const heir = await scene.start({ stripeApi });
    await Promise.all([last.reached, changes.tell(heir, 100)]);
    expect(listRequests(api).length).toBe(PAGES + 1);
    expect(api.requests[asked]!.path).toContain(`starting_after=${customer(CUSTOMERS - PAGES_BEFORE * PAGE).id}`);
    expect(await marked(scene)).toEqual([]);
    last.release();
    for (const event of missed) {
      await heir.deliver(event);
    }
    await waitUntil('the run has ended', async () => (await runs.find())[0]?.status === 'succeeded');
    await waitUntil('nothing is left to do', () => passTime(scene));

    expect(await runs.find()).toMatchObject([{ done: CUSTOMERS + GONE.length, failed: 0, status: 'succeeded' }]);
    expect(await marked(scene)).toEqual(GONE);
    expect(await mirrored(scene)).toEqual([...api.account.customers.newestFirst()].map(essentials).sort());
  });
});

/** Customers that change at Stripe, and the events that say so. */
class Changes {
  private count = 0;

  constructor(private readonly api: StripeApi) {}

  /** Of every part of the list: before, in and after what was fetched. */
  make(): object {
    this.count += 1;
    const { id } = customer((this.count * 617) % CUSTOMERS);
    const object = { ...this.api.account.customers.get(id)!, name: `Change ${this.count}` };
    this.api.account.customers.put(object);
    return buildEvent({ type: 'customer.updated', object });
  }

  /** Two changes at a time, whose events may overtake each other. */
  async tell(process: CrashProcess, times: number): Promise<void> {
    for (let told = 0; told < times; told += 2) {
      const answers = await Promise.all([this.make(), this.make()].map((event) => process.deliver(event)));
      expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    }
  }
}

function customer(index: number): CustomerObject {
  const created = CREATED + Math.floor(index / 7);
  return { id: `cus_${index}`, object: 'customer', created, livemode: false, name: `Person ${index}` };
}

async function knowThoseWhoAreGone(scene: CrashScene, receiver: CrashProcess): Promise<void> {
  for (const id of GONE) {
    const object = { ...customer(0), id };
    const event = buildEvent({ type: 'customer.created', object, created: CREATED });
    await receiver.deliver(event);
    await scene.becomes(String(event.id), 'ignored');
  }
}

function listRequests({ requests }: StripeApi): readonly unknown[] {
  return requests.filter(({ path }) => path.startsWith(LIST));
}

async function marked(scene: CrashScene): Promise<string[]> {
  const rows = await scene.query('SELECT stripe_id FROM stripe_customer WHERE deleted_at IS NOT NULL');
  return rows.map(({ stripe_id }) => String(stripe_id)).sort();
}

/** Those who are not marked. */
async function mirrored(scene: CrashScene): Promise<string[]> {
  const rows = await scene.database.dataSource.getRepository(CustomerEntity).find();
  return rows
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ stripeId, name }) => essentials({ id: stripeId, name }))
    .sort();
}

function essentials({ id, name }: { readonly id: string; readonly name?: unknown }): string {
  return `${id} ${String(name)}`;
}

/** Whoever is to be fetched again in some seconds is to be fetched now. Returns whether nothing is left to do. */
async function passTime(scene: CrashScene): Promise<boolean> {
  const { now } = scene.database.dialect;
  const doubtful = await scene.query('SELECT 1 FROM stripe_customer WHERE refresh_at IS NOT NULL');
  await scene.query(
    `UPDATE stripe_customer SET refresh_at = ${now} WHERE refresh_at > ${now} AND refresh_at <= ${now} + 3000`,
  );
  return doubtful.length === 0 && (await scene.isSettled());
}
