import { applyLoad } from '../support/http-client';
import { quantile } from '../support/statistics';
import { Deliveries } from './deliveries';

/** What the benchmark asks of this process. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
}

/** What it answers. */
export interface LoadReport {
  readonly perSecond: number;
  readonly answers: number;
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const deliveries = new Deliveries();

async function serve(order: LoadOrder): Promise<LoadReport> {
  const { answers, refused, seconds, latencies } = await applyLoad({ ...order, next: () => deliveries.next() });
  return {
    perSecond: answers / seconds,
    answers,
    refused,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

process.on('message', (order: LoadOrder) => {
  void serve(order).then((report) => process.send?.(report));
});
process.send?.({ bytes: deliveries.bytes });
