import { Inject, Module, type DynamicModule, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { StripeTelemetry } from '../../telemetry';
import { StripeHealth } from '../stripe-health';
import { connectMeter, connectTracer } from './connect';

/** Where measurements and spans go. */
export interface StripeOpenTelemetryOptions {
  /** `false` for no metrics. @default the global one: the SDK has to be started before the application */
  readonly meterProvider?: MeterProvider | false;
  /** `false` for no spans. @default the global one */
  readonly tracerProvider?: TracerProvider | false;
  /** Modules that export what `StripeModule` does, where it is not global. @default none */
  readonly imports?: DynamicModule['imports'];
}

const OPTIONS = Symbol('StripeOpenTelemetryOptions');

/**
 * Gives OpenTelemetry the metrics and the spans of `StripeModule`, which has to be in the application too.
 *
 * @example
 * StripeOpenTelemetryModule.forRoot()
 */
@Module({})
export class StripeOpenTelemetryModule implements OnModuleInit, OnModuleDestroy {
  private stopAsking: () => void = () => undefined;

  constructor(
    private readonly telemetry: StripeTelemetry,
    private readonly health: StripeHealth,
    @Inject(OPTIONS) private readonly options: StripeOpenTelemetryOptions,
  ) {}

  static forRoot(options: StripeOpenTelemetryOptions = {}): DynamicModule {
    return {
      module: StripeOpenTelemetryModule,
      imports: options.imports ?? [],
      providers: [{ provide: OPTIONS, useValue: options }],
    };
  }

  /** Before the application listens, and before its worker begins. */
  onModuleInit(): void {
    const { meterProvider = metrics, tracerProvider = trace } = this.options;
    if (tracerProvider !== false) {
      connectTracer(tracerProvider, this.telemetry);
    }
    if (meterProvider !== false) {
      this.stopAsking = connectMeter(meterProvider, this.telemetry, this.health);
    }
  }

  /** The last deliveries and calls are still told of; the ledger is not asked any more, since its connection closes. */
  onModuleDestroy(): void {
    this.stopAsking();
  }
}
