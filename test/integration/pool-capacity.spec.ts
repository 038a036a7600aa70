import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import { OnStripeEvent, type StripeModuleOptions } from 'nestjs-stripe-events';
import { withOptions } from '../support/database-variants';
import { databases, type DatabaseKind } from '../support/databases';
import { startLedgerApp } from '../support/ledger-app';
import { LogLines } from '../support/log-lines';
import { platforms } from '../support/platforms';

const [platform] = platforms;
const servers = databases.filter(({ family }) => family !== 'sqlite');
const [sqlite] = databases.filter(({ family }) => family === 'sqlite');

@Injectable()
class Transactional {
  @OnStripeEvent('invoice.paid', { transactional: true })
  handle(): void {}
}

@Injectable()
class Plain {
  @OnStripeEvent('invoice.paid')
  handle(): void {}
}

afterEach(() => {
  Logger.overrideLogger(false);
});

/** What an application says about its pool when it starts. */
async function saidAtStart(
  database: DatabaseKind,
  processing: StripeModuleOptions['processing'],
  providers = [Transactional],
): Promise<string[]> {
  const log = new LogLines();
  const stripe = processing === undefined ? {} : { processing };
  const ledger = await startLedgerApp({ database, platform: platform!, providers, stripe, app: { logger: log } });
  await ledger.close();
  return log.lines.filter((line) => line.includes('pool'));
}

describe.each(servers)('a pool of $name', (kind) => {
  it('is said to be too small for the transactional handlers that may run at the same time', async () => {
    const [said, ...more] = await saidAtStart(withOptions(kind, { poolSize: 8 }), { concurrency: 5 });
    expect(said).toMatch(/^warn .*concurrency is 5, but the pool of 8 has room for 4 .* Set poolSize to 9 or more/);
    expect(more).toEqual([]);
    expect(await saidAtStart(withOptions(kind, { poolSize: 1 }), { concurrency: 1 })).toEqual([]);
  });

  it('has ten connections where nobody says how many', async () => {
    expect(await saidAtStart(kind, undefined)).toEqual([expect.stringContaining('the pool of 10 has room for 6')]);
  });

  it.each([
    ['that is large enough', { poolSize: 9 }, { concurrency: 5 }, [Transactional]],
    ['without transactional handlers', { poolSize: 2 }, { concurrency: 5 }, [Plain]],
    ['of a process that only receives', { poolSize: 2 }, false, [Transactional]],
  ] as const)('%s is not spoken of', async (_name, options, processing, providers) => {
    expect(await saidAtStart(withOptions(kind, options), processing, [...providers])).toEqual([]);
  });
});

it('SQLite, which has no pool, is not spoken of', async () => {
  expect(await saidAtStart(sqlite!, { concurrency: 50 })).toEqual([]);
});
