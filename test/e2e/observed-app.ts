import { Controller, Get, Injectable } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { context, trace, type Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OnStripeEvent, type StripeModuleOptions } from 'nestjs-stripe-events';
import { StripeOpenTelemetryModule } from 'nestjs-stripe-events/opentelemetry';
import { StripePrometheusModule } from 'nestjs-stripe-events/prometheus';
import { StripeHealthIndicator } from 'nestjs-stripe-events/terminus';
import { LogLines } from '../support/log-lines';
import type { Platform } from '../support/platforms';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';

export const METRICS_TOKEN = 'metrics-token-made-up-for-tests';

class Reader extends MetricReader {
  protected onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** The real SDK, which keeps what it is given. */
export class Telemetry {
  private readonly reader = new Reader();
  private readonly exporter = new InMemorySpanExporter();
  readonly meterProvider = new MeterProvider({ readers: [this.reader] });
  readonly tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.exporter)] });
  readonly tracer = this.tracerProvider.getTracer('application');

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  get spans() {
    return this.exporter.getFinishedSpans();
  }

  span(name: string, attributes: Record<string, unknown> = {}) {
    return this.spans.filter(
      (span) =>
        span.name === name && Object.entries(attributes).every(([key, value]) => span.attributes[key] === value),
    );
  }

  async metrics() {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw new Error(String(errors[0]));
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  /** Each measured value with what it is told apart by; of histograms, how many were measured. */
  async values(name: string): Promise<[Record<string, unknown>, number][]> {
    const metric = (await this.metrics()).find(({ descriptor }) => descriptor.name === name);
    return (metric?.dataPoints ?? []).map(({ attributes, value }) => [
      attributes,
      typeof value === 'number' ? value : value.count,
    ]);
  }

  close(): void {
    context.disable();
  }
}

@Injectable()
class Handlers {
  static telemetry: Telemetry;

  @OnStripeEvent('invoice.paid', { id: 'count' })
  async onPaid(): Promise<void> {
    await Promise.resolve();
    Handlers.telemetry.tracer.startSpan('own work').end();
  }

  @OnStripeEvent('invoice.payment_failed', { id: 'mail' })
  onFailed(event: { data: { object: unknown } }): void {
    throw new TypeError(`no mail for jane@example.com, whsec_canary: ${typeof event.data.object}`);
  }
}

@Controller('health')
class Health {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly stripe: StripeHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  plain() {
    return this.checks.check([() => this.stripe.isHealthy('stripe', { freshMs: 0 })]);
  }

  @Get('strict')
  @HealthCheck()
  strict() {
    const limits = { freshMs: 0, maxDueAgeMs: 30_000, maxDead: 0 };
    return this.checks.check([() => this.stripe.isHealthy('stripe', limits)]);
  }
}

/** An application that is watched by everything there is, with a server span around each request. */
export async function startObservedApp(
  platform: Platform['name'],
  processing: StripeModuleOptions['processing'],
): Promise<WebhookApp & { telemetry: Telemetry; logs: LogLines }> {
  const [telemetry, logs] = [new Telemetry(), new LogLines()];
  Handlers.telemetry = telemetry;
  const { meterProvider, tracerProvider } = telemetry;
  const app = await startWebhookApp({
    platform,
    stripe: processing === undefined ? {} : { processing },
    providers: [Handlers, StripeHealthIndicator],
    controllers: [Health],
    imports: [
      TerminusModule.forRoot({ logger: false }),
      StripeOpenTelemetryModule.forRoot({ meterProvider, tracerProvider }),
      StripePrometheusModule.forRoot({ token: METRICS_TOKEN }),
    ],
    app: { logger: logs },
    configure: (nest) => {
      nest.use((_: unknown, response: { once(name: 'close', done: () => void): void }, next: () => void) => {
        const span = telemetry.tracer.startSpan('HTTP');
        response.once('close', () => {
          span.end();
        });
        const within: Context = trace.setSpan(context.active(), span);
        context.with(within, next);
      });
    },
  });
  const close = async (): Promise<void> => {
    await app.close();
    telemetry.close();
  };
  return { ...app, telemetry, logs, close };
}
