import { describe, expect, it } from '@jest/globals';
import { createNoopMeter, type Meter, type MetricOptions } from '@opentelemetry/api';
import { observeBacklog } from '../../src/observability/opentelemetry/backlog-gauges';
import { createInstruments } from '../../src/observability/opentelemetry/instruments';
import { ATTRIBUTE } from '../../src/observability/opentelemetry/names';
import { DeclaredOptions } from '../docs/declared-options';
import { readDocument, sectionsOf } from '../docs/markdown';

const FOLDER = 'src/observability';
const sections = sectionsOf(readDocument('docs/reference/telemetry.md'), 2);

function rowsOf(heading: string): readonly (readonly string[])[] {
  return sections.find((section) => section.heading.text === heading)?.tables[0]?.rows ?? [];
}

/** Each instrument that is made: its name, type and unit. */
function instruments(): string[][] {
  const made: string[][] = [];
  const noop = createNoopMeter();
  const noting =
    <Kind extends 'createCounter' | 'createHistogram' | 'createObservableGauge'>(kind: Kind, type: string) =>
    (name: string, options: MetricOptions = {}) => {
      made.push([name, type, options.unit ?? '']);
      return noop[kind](name, options) as ReturnType<Meter[Kind]>;
    };
  const meter = Object.assign(Object.create(noop) as Meter, {
    createCounter: noting('createCounter', 'counter'),
    createHistogram: noting('createHistogram', 'histogram'),
    createObservableGauge: noting('createObservableGauge', 'gauge'),
  });
  createInstruments(meter);
  observeBacklog(meter, { backlog: () => Promise.reject(new Error('nobody asks')) });
  return made;
}

describe('the page of telemetry', () => {
  it('has each metric with its type and unit, and no others', () => {
    expect(rowsOf('Metrics').map((row) => row.slice(0, 3))).toEqual(instruments());
  });

  it('has each attribute, and no others', () => {
    expect(rowsOf('Attributes').map(([name]) => name)).toEqual(Object.values(ATTRIBUTE));

    const named = rowsOf('Metrics').flatMap(([, , , attributes = '']) => attributes.split(', '));
    const known = new Set<string>([...Object.values(ATTRIBUTE), 'none']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each([
    ['StripeOpenTelemetryModule', 'opentelemetry/stripe-opentelemetry.module.ts', 'StripeOpenTelemetryOptions'],
    ['StripePrometheusModule', 'prometheus/stripe-prometheus.options.ts', 'StripePrometheusOptions'],
    ['StripeHealthIndicator', 'terminus/stripe.health-indicator.ts', 'StripeHealthLimits'],
  ])('has each option of %s with its default, and no others', (heading, file, name) => {
    const declared = new DeclaredOptions([`${FOLDER}/${file}`]).of(`${FOLDER}/${file}`, name);

    const documented = rowsOf(heading).map((row) => row.slice(0, 2));
    expect(documented.sort()).toEqual(declared.map(({ path, saidDefault }) => [path, saidDefault]).sort());
  });
});
