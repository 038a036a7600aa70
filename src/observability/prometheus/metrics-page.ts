import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Collects the module's metrics apart from the application's own, and writes them as Prometheus reads them. */
export class MetricsPage {
  static readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';

  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  /** Of the exporter's own server only the form is used: no prefix, timestamps, target or scope. */
  private readonly serializer = new PrometheusSerializer('', false, undefined, true, true);
  readonly meterProvider = new MeterProvider({ readers: [this.exporter] });

  /** The metrics as they are now. */
  async read(): Promise<string> {
    const { resourceMetrics } = await this.exporter.collect();
    return this.serializer.serialize(resourceMetrics);
  }

  async close(): Promise<void> {
    await this.meterProvider.shutdown();
  }
}
