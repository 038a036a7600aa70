import { describe, expect, it, jest } from '@jest/globals';
import type { EventBacklog } from '../events';
import { WorkerPulse } from '../processing';
import { StripeHealth } from './stripe-health';

const BACKLOG: EventBacklog = { dueAgeMs: null, due: 0, scheduled: 0, processing: 0, dead: 0 };
const answers = () => jest.fn(() => Promise.resolve(BACKLOG));

describe('StripeHealth', () => {
  it('asks the database once, however many ask at a time', async () => {
    const look = answers();
    const health = new StripeHealth({ look }, new WorkerPulse());

    const reports = await Promise.all([health.look({ freshMs: 0 }), health.look({ freshMs: 0 }), health.look()]);

    expect(reports).toEqual(Array(3).fill({ database: 'up', worker: 'none', backlog: BACKLOG }));
    expect(look).toHaveBeenCalledTimes(1);
    await health.look({ freshMs: 60_000 });
    expect(look).toHaveBeenCalledTimes(1);
    await health.look({ freshMs: 0 });
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('says that a database is down which refuses, or does not answer in time, and asks again', async () => {
    const look = answers()
      .mockRejectedValueOnce(new Error('refused'))
      .mockReturnValueOnce(new Promise(() => undefined));
    const health = new StripeHealth({ look }, new WorkerPulse());
    const down = { database: 'down', worker: 'none', backlog: null };

    await expect(health.look()).resolves.toEqual(down);
    await expect(health.look({ timeoutMs: 1 })).resolves.toEqual(down);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('says when the worker has not come round for too long, and when it has been stopped', async () => {
    let now = 0;
    const pulse = new WorkerPulse({ now: () => now });
    const health = new StripeHealth({ look: answers() }, pulse);
    const worker = async () => (await health.look({ maxSilenceMs: 1_000 })).worker;

    now = 5_000;
    await expect(worker()).resolves.toBe('none');
    pulse.beat();
    now = 6_000;
    await expect(worker()).resolves.toBe('working');
    now = 6_001;
    await expect(worker()).resolves.toBe('silent');
    pulse.beat();
    await expect(worker()).resolves.toBe('working');
    pulse.stop();
    await expect(worker()).resolves.toBe('stopped');
  });
});
