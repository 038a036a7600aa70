import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CrashProcess } from '../support/crash-process';
import type { CrashScene } from '../support/crash-scene';
import { crashDatabases, crashScenes } from '../support/crash-scenes';
import type { DatabaseKind } from '../support/databases';
import { startPostgresServer, type PostgresServer } from '../support/embedded-postgres';
import { waitUntil } from '../support/wait-until';
import { seeded } from './random';
import { Sender } from './sender';

const scenes = crashScenes();
const CONNECTIONS = 12;
/** `CRASH_KILLS=10` for more of them. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 3);
const POWER_CUTS = Math.ceil(KILLS / 3);
const EVENTS_BETWEEN_BLOWS = 100;
const PROCESSING = { concurrency: 20, leaseMs: 500, sweepMs: 50 };

/** What can be done to a receiver in the midst of its work. */
type Blow = 'kill' | 'end' | 'power-cut';

/** Sends events while one receiver after the other is taken down, each at a moment of its own. */
class Storm {
  readonly sender: Sender;
  private receiver: Promise<CrashProcess>;

  constructor(
    private readonly scene: CrashScene,
    private readonly random: () => number,
    private readonly server?: PostgresServer,
  ) {
    this.receiver = this.start();
    this.sender = new Sender(() => this.receiver, random);
  }

  async rage(blows: readonly Blow[]): Promise<void> {
    this.sender.start(CONNECTIONS);
    for (const blow of blows) {
      const more = 1 + Math.floor(this.random() * EVENTS_BETWEEN_BLOWS * 2);
      await this.sender.reached(this.sender.acknowledged.size + more);
      await this.strike(blow);
    }
    await this.sender.finish();
  }

  /** Lets everything that is left be handled. */
  async calm(): Promise<void> {
    await this.scene.leasesEnd();
    // The next one finds at its start what those before it have left.
    await this.strike('end');
    await this.receiver;
    await waitUntil('every event is settled', () => this.scene.passTime(), 60_000);
  }

  private async strike(blow: Blow): Promise<void> {
    const victim = await this.receiver;
    const struck = blow === 'power-cut' ? this.cutPower(victim) : this.replace(victim, blow);
    this.receiver = struck;
    await struck;
  }

  private async replace(victim: CrashProcess, blow: 'kill' | 'end'): Promise<CrashProcess> {
    victim.signal(blow === 'kill' ? 'SIGKILL' : 'SIGTERM');
    const ending = await victim.end();
    expect(ending).toEqual(blow === 'kill' ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null });
    return this.start();
  }

  /** The database goes down; the process stays, and has to find it again by itself. */
  private async cutPower(survivor: CrashProcess): Promise<CrashProcess> {
    await this.server!.stop('immediate');
    await this.server!.restart();
    return survivor;
  }

  private start(): Promise<CrashProcess> {
    return this.scene.start({ processing: PROCESSING });
  }
}

describe('acknowledged events', () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  // Before anything can fail, so that it can be repeated.
  beforeAll(() => void process.stderr.write(`acknowledgements: CRASH_SEED=${seed}\n`));
  const others = crashDatabases.filter(({ family }) => family !== 'postgres');

  it.each(others)('are all kept and handled when the process is killed again and again, on $name', async (kind) => {
    await weather(await scenes.open(kind), kind.name);
  });

  it('are all kept and handled when the process is killed and the power is cut again and again, on postgres', async () => {
    const server = await startPostgresServer();
    try {
      await weather(await scenes.open(ownServer(server)), 'postgres', server);
    } finally {
      await server.remove();
    }
  });

  async function weather(scene: CrashScene, name: string, server?: PostgresServer): Promise<void> {
    const random = seeded(seed);
    const storm = new Storm(scene, random, server);
    await storm.rage(blows(random, server === undefined ? 0 : POWER_CUTS));
    await storm.calm();
    const { sent, acknowledged, duplicates } = storm.sender;
    process.stderr.write(`${name}: ${acknowledged.size} events acknowledged, ${duplicates} answered as duplicates\n`);
    expect([...acknowledged].sort()).toEqual([...sent.keys()].sort());
    await keptAndHandled(scene, [...acknowledged]);
  }
});

/** Kills, with an orderly end and with power cuts among them, in any order. */
function blows(random: () => number, powerCuts: number): Blow[] {
  const all: Blow[] = [
    ...Array.from({ length: KILLS }, () => 'kill' as const),
    ...Array.from({ length: powerCuts }, () => 'power-cut' as const),
    'end',
  ];
  return all
    .map((blow) => ({ blow, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}

async function keptAndHandled(scene: CrashScene, ids: readonly string[]): Promise<void> {
  const expected = [...ids].sort();
  const stored = await scene.query(
    'SELECT e.stripe_id, e.status, COUNT(p.event_id) AS bodies FROM stripe_event e LEFT JOIN stripe_event_payload p ON p.event_id = e.id GROUP BY e.id, e.stripe_id, e.status',
  );
  expect(stored.filter(({ status, bodies }) => status !== 'succeeded' || Number(bodies) !== 1)).toEqual([]);
  expect(stored.map(({ stripe_id }) => String(stripe_id)).sort()).toEqual(expected);

  const written = await scene.query('SELECT event FROM effect');
  expect(written.map(({ event }) => String(event)).sort()).toEqual(expected);

  const done = new Set(scene.effects().map(({ event }) => event));
  expect([...done].sort()).toEqual(expected);
}

function ownServer({ url }: PostgresServer): DatabaseKind {
  const database = {
    url,
    dataSourceOptions: () => ({ type: 'postgres', url }) as const,
    drop: () => Promise.resolve(),
  };
  return { name: 'postgres', family: 'postgres', create: () => Promise.resolve(database) };
}
