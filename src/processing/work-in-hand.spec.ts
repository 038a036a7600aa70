import { describe, expect, it } from '@jest/globals';
import { WorkInHand } from './work-in-hand';

const NEVER = 2 ** 31 - 1;

describe('work in hand', () => {
  it('tells everybody who waits when nothing is left, whoever began to wait first', async () => {
    const work = new WorkInHand();
    work.begin(2);
    const waiting = [work.done(NEVER), work.done(NEVER)];
    work.end();
    const late = work.done(NEVER);
    expect(work.count).toBe(1);
    work.end();
    await Promise.all([...waiting, late]);
  });

  it('does not keep anybody who comes when there is nothing', async () => {
    await expect(new WorkInHand().done(NEVER)).resolves.toBeUndefined();
  });

  it('lets go of who has waited long enough, and of the others later', async () => {
    const work = new WorkInHand();
    work.begin();
    const patient = work.done(NEVER);
    await work.done(1);
    expect(work.count).toBe(1);
    work.end();
    await patient;
  });
});
