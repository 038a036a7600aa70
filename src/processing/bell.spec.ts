import { describe, expect, it } from '@jest/globals';
import { Bell } from './bell';

const NEVER = 2 ** 31 - 1;

describe('a bell', () => {
  it('ends the wait that is under way', async () => {
    const bell = new Bell();
    const heard = bell.heard(NEVER);
    bell.ring();
    await expect(heard).resolves.toBeUndefined();
  });

  it('is heard also when it rang before the wait began', async () => {
    const bell = new Bell();
    bell.answer();
    bell.ring();
    await expect(bell.heard(NEVER)).resolves.toBeUndefined();
  });

  it('is not heard any more once it was answered', async () => {
    const bell = new Bell();
    bell.ring();
    bell.answer();
    let over = false;
    const heard = bell.heard(NEVER).then(() => (over = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    bell.ring();
    await heard;
  });

  it('stops waiting by itself', async () => {
    await expect(new Bell().heard(1)).resolves.toBeUndefined();
  });
});
