import type { BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import type { StripeHealth } from '../stripe-health';
import { ATTRIBUTE } from './names';

/** A look at the ledger serves every reader of metrics for so many milliseconds. */
const FRESH_MS = 5_000;
const STATES = ['due', 'scheduled', 'processing', 'dead'] as const;

/** Shows what waits in the ledger, whenever metrics are read. Returns what ends that. */
export function observeBacklog(meter: Meter, health: Pick<StripeHealth, 'backlog'>): () => void {
  const dueAge = meter.createObservableGauge('stripe.events.due.age', {
    description: 'For how long the event has been due that has waited longest; 0 when none is due.',
    unit: 's',
  });
  const backlog = meter.createObservableGauge('stripe.events.backlog', {
    description: 'Events that wait, in the ledger as a whole; 10,000 of each state are counted at most.',
    unit: '{event}',
  });
  const observables: Observable[] = [dueAge, backlog];
  const callback: BatchObservableCallback = async (result) => {
    const found = await health.backlog(FRESH_MS).catch(() => null);
    // Without an answer there is no value: an old one would hide that the database is down.
    if (found !== null) {
      result.observe(dueAge, (found.dueAgeMs ?? 0) / 1_000);
      STATES.forEach((state) => {
        result.observe(backlog, found[state], { [ATTRIBUTE.state]: state });
      });
    }
  };
  meter.addBatchObservableCallback(callback, observables);
  return () => {
    meter.removeBatchObservableCallback(callback, observables);
  };
}
