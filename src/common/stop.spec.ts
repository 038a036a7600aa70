import { describe, expect, it } from '@jest/globals';
import { Stop } from './stop';

describe('a stop', () => {
  it('calls those who listen, once, and nobody who has left', () => {
    const stop = new Stop();
    const heard: string[] = [];
    stop.onAbort(() => heard.push('a'));
    stop.onAbort(() => heard.push('b'))();

    stop.abort(new Error('first'));
    stop.abort(new Error('second'));

    expect(heard).toEqual(['a']);
    expect([stop.aborted, stop.reason?.message]).toEqual([true, 'first']);
  });

  it('calls at once whoever comes after it', () => {
    const stop = new Stop();
    stop.abort(new Error('over'));
    let heard = false;
    stop.onAbort(() => (heard = true));
    expect(heard).toBe(true);
  });

  it.each(['before', 'after'])('aborts the signal that was asked for %s it, with its reason', (when) => {
    const stop = new Stop();
    const early = when === 'before' ? stop.signal : undefined;
    expect(early?.aborted ?? stop.aborted).toBe(false);
    const reason = new Error('over');
    stop.abort(reason);

    expect(stop.signal.aborted).toBe(true);
    expect(stop.signal.reason).toBe(reason);
    expect(early ?? stop.signal).toBe(stop.signal);
  });
});
