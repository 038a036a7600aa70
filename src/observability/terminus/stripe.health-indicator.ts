import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { StripeHealth, type StripeHealthOptions, type StripeHealthReport } from '../stripe-health';

/** What counts as unhealthy, beside a database that does not answer and a worker that does not work. */
export interface StripeHealthLimits extends StripeHealthOptions {
  /**
   * How long an event may have been due, in milliseconds. The backlog is all processes' own: in the check that a load
   * balancer goes by, it would take every one of them out, and deliveries with them. @default no limit
   */
  readonly maxDueAgeMs?: number;
  /** How many dead letters there may be; of more than 10,000, so many are counted. @default no limit */
  readonly maxDead?: number;
}

/** Says in a health check of `@nestjs/terminus` how `StripeModule` does. */
@Injectable()
export class StripeHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly health: StripeHealth,
  ) {}

  /** Down with a database that does not answer, a worker that does not work, or beyond a limit; says which. */
  async isHealthy<const Key extends string>(
    key: Key,
    limits: StripeHealthLimits = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const report = await this.health.look(limits);
    const indicator = this.indicators.check(key);
    const problems = problemsOf(report, limits);
    const { database, worker, backlog } = report;
    const facts = { database, worker, ...backlog };
    return problems.length === 0 ? indicator.up(facts) : indicator.down({ ...facts, problems });
  }
}

function problemsOf({ database, worker, backlog }: StripeHealthReport, limits: StripeHealthLimits): string[] {
  const { maxDueAgeMs = Infinity, maxDead = Infinity } = limits;
  const found = {
    'the database does not answer': database === 'down',
    [`the worker is ${worker}`]: worker === 'silent' || worker === 'stopped',
    'an event has been due for too long': (backlog?.dueAgeMs ?? 0) > maxDueAgeMs,
    'there are too many dead letters': (backlog?.dead ?? 0) > maxDead,
  };
  return Object.entries(found).flatMap(([problem, holds]) => (holds ? [problem] : []));
}
