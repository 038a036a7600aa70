import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { StripeTelemetry } from '../../telemetry';
import { connectMeter } from '../opentelemetry/connect';
import { StripeHealth } from '../stripe-health';
import { createMetricsController } from './metrics.controller';
import { MetricsPage } from './metrics-page';
import { checkAccess, type StripePrometheusOptions } from './stripe-prometheus.options';

/**
 * A route on which Prometheus reads the metrics of `StripeModule`, for applications that have no OpenTelemetry of their
 * own: they are collected here, and neither take part in nor disturb what else is measured.
 *
 * @example
 * StripePrometheusModule.forRoot({ token: process.env.METRICS_TOKEN })
 */
@Module({})
export class StripePrometheusModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly telemetry: StripeTelemetry,
    private readonly health: StripeHealth,
    private readonly page: MetricsPage,
  ) {}

  /** @throws {InvalidOptionsError} when nothing says who may read the metrics */
  static forRoot(options: StripePrometheusOptions): DynamicModule {
    checkAccess(options);
    return {
      module: StripePrometheusModule,
      imports: options.imports ?? [],
      controllers: [createMetricsController(options)],
      providers: [{ provide: MetricsPage, useFactory: () => new MetricsPage() }],
    };
  }

  onModuleInit(): void {
    connectMeter(this.page.meterProvider, this.telemetry, this.health);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.page.close();
  }
}
