import type { Clock } from '../common';
import type { Claimed, DueClaim } from './due-claim';
import type { EventEntity } from './event.entity';

/** Every so often a claim gives a part of its places to replayed events first: they must not wait for ever. */
const SHARE_EVERY = 8;
const SHARE = 1 / 4;

/**
 * Claims from both lanes: events as they come in go first, replayed ones take the places that are left, and a small
 * share of them when none ever is.
 */
export class ClaimLanes {
  private claims = 0;
  private replaysRestUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param clock for durations alone
   * @param restMs how long the replayed events are left alone after there were none: asking is a statement
   */
  constructor(
    private readonly source: DueClaim,
    private readonly clock: Clock,
    private readonly restMs: number,
  ) {}

  /**
   * Takes up to `limit` due events.
   *
   * @param ahead for how many of them there is no place yet. Replayed events are not taken ahead: those that come in
   * meanwhile go before them.
   */
  async claim(limit: number, ahead = 0): Promise<Claimed> {
    const events: EventEntity[] = [];
    let more = false;
    this.claims += 1;
    try {
      if (this.claims % SHARE_EVERY === 0) {
        const share = await this.replayed(Math.ceil(Math.max(limit - ahead, 1) * SHARE));
        events.push(...share.events);
      }
      const live = await this.ask(0, limit - events.length);
      events.push(...live.events);
      const places = limit - ahead - events.length;
      const isAhead = places <= 0 && events.length < limit;
      const replayed = live.more || isAhead ? NOTHING : await this.replayed(places);
      events.push(...replayed.events);
      more = live.more || replayed.more;
    } catch (error) {
      // What was taken before is this worker's, and has to be handled.
      if (events.length === 0) {
        throw error;
      }
    }
    return { events, more };
  }

  private async replayed(limit: number): Promise<Claimed> {
    if (this.clock.now() < this.replaysRestUntil) {
      return NOTHING;
    }
    const claimed = await this.ask(1, limit);
    if (limit > 0 && claimed.events.length === 0 && !claimed.more) {
      this.replaysRestUntil = this.clock.now() + this.restMs;
    }
    return claimed;
  }

  private ask(lane: 0 | 1, limit: number): Promise<Claimed> {
    // Without a place left there may be more: nobody has looked.
    return limit > 0 ? this.source.claim(lane, limit) : Promise.resolve({ events: [], more: true });
  }
}

const NOTHING: Claimed = { events: [], more: false };
