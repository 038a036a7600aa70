import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { StripeTelemetry } from '../../telemetry';
import type { StripeHealth } from '../stripe-health';
import { observeBacklog } from './backlog-gauges';
import { MetricObserver } from './metric.observer';
import { SCOPE } from './names';
import { SpanObserver } from './span.observer';

/** Gives the provider all of the module's metrics. Returns what ends the questions to the ledger. */
export function connectMeter(
  provider: Pick<MeterProvider, 'getMeter'>,
  telemetry: StripeTelemetry,
  health: StripeHealth,
): () => void {
  const meter = provider.getMeter(SCOPE);
  telemetry.observe(new MetricObserver(meter));
  return observeBacklog(meter, health);
}

/** Gives the provider all of the module's spans. */
export function connectTracer(provider: Pick<TracerProvider, 'getTracer'>, telemetry: StripeTelemetry): void {
  telemetry.observe(new SpanObserver(provider.getTracer(SCOPE)));
}
