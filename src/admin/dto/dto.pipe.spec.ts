import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { InvalidRequestError } from '../../errors';
import { CustomerListQuery } from './customer-list.query';
import { DtoPipe } from './dto.pipe';
import { EventListQuery } from './event-list.query';
import { LinkCustomerBody } from './link-customer.body';
import { ReplayEventBody, ReplayEventsBody } from './replay.body';
import { StatsParameters } from './stats.parameters';

function problemsOf(type: Type<object>, value: unknown): readonly string[] {
  try {
    new DtoPipe(type).transform(value);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    return (error as InvalidRequestError).problems;
  }
}

describe('DtoPipe', () => {
  it('reads the text of a query into values', () => {
    const query = {
      kind: 'customer.*',
      status: 'dead',
      livemode: 'false',
      source: 'catch-up',
      from: '2026-01-31',
      to: '2026-01-31T09:30:00.5+02:00',
      limit: '100',
    };
    expect(new DtoPipe(EventListQuery).transform(query)).toEqual({
      ...query,
      livemode: false,
      from: new Date('2026-01-31T00:00:00Z'),
      to: new Date('2026-01-31T07:30:00.500Z'),
      limit: 100,
    });
  });

  it('leaves out what is not given', () => {
    expect(Object.keys(new DtoPipe(EventListQuery).transform({}))).toEqual([]);
    expect(Object.keys(new DtoPipe(ReplayEventsBody).transform(undefined))).toEqual([]);
  });

  it.each([
    [{ limit: '0' }, 'limit must be a whole number from 1 to 100'],
    [{ limit: '101' }, 'limit must be'],
    [{ limit: '1e1' }, 'limit must be'],
    [{ limit: '' }, 'limit must be'],
    [{ limit: ['1', '2'] }, 'limit must be'],
    [{ livemode: 'yes' }, 'livemode must be true or false'],
    [{ livemode: '1' }, 'livemode must be'],
    [{ status: 'done' }, 'status must be one of: pending, processing, succeeded, dead, ignored'],
    [{ status: 'toString' }, 'status must be one of'],
    [{ source: 'x' }, 'source must be one of: webhook, catch-up, manual'],
    [{ kind: 'cust*' }, 'kind must be an event type, a family of types like customer.*, or *'],
    [{ kind: '' }, 'kind must be'],
    [{ kind: ['a', 'b'] }, 'kind must be'],
    [{ q: { $ne: 1 } }, 'q must be a text of 1 to 255 characters without control characters'],
    [{ q: 'a\0' }, 'q must be'],
    [{ q: 'a'.repeat(256) }, 'q must be'],
    [{ from: '2026-02-30' }, 'from must be a date'],
    [{ from: '2026-01-01T00:00:00' }, 'from must be a date'],
    [{ from: 'yesterday' }, 'from must be a date'],
    [{ from: '1700000000' }, 'from must be a date'],
  ])('refuses %p', (query, problem) => {
    const problems = problemsOf(EventListQuery, query);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('refuses what it does not know, and does not repeat its value', () => {
    expect(problemsOf(EventListQuery, { offset: 'canary', sort: 'canary' })).toEqual([
      '"offset" is not a known parameter',
      '"sort" is not a known parameter',
    ]);
    expect(problemsOf(StatsParameters, { ['x'.repeat(10_000)]: '' })[0]?.length).toBeLessThan(100);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, '']));
    expect(problemsOf(EventListQuery, many)).toHaveLength(20);
  });

  it('does not take null for a field that was left out', () => {
    expect(problemsOf(ReplayEventsBody, { status: null })).toHaveLength(1);
    expect(problemsOf(ReplayEventBody, { handlers: null })).toHaveLength(1);
  });

  it.each([[[]], ['text'], [7], [true]])('refuses a body that is no object: %p', (body) => {
    expect(problemsOf(ReplayEventsBody, body)).toEqual(['the body must be a JSON object']);
  });

  it('refuses a body that is nested deeper than the stack', () => {
    const deep = JSON.parse(`{"handlers":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as unknown;
    expect(problemsOf(ReplayEventBody, deep)).toHaveLength(1);
  });

  it('takes a list of handlers', () => {
    expect(new DtoPipe(ReplayEventBody).transform({ handlers: ['Billing.onPaid'] }).handlers).toEqual([
      'Billing.onPaid',
    ]);
    for (const handlers of [[], [''], [1], 'Billing.onPaid', new Array(101).fill('a')]) {
      expect(problemsOf(ReplayEventBody, { handlers })).toHaveLength(1);
    }
  });

  it('asks for what must be there', () => {
    expect(problemsOf(LinkCustomerBody, {})).toEqual([
      'customer must be a text of 1 to 255 characters without control characters',
    ]);
  });

  it('takes e-mail addresses as long as Stripe has them', () => {
    expect(problemsOf(CustomerListQuery, { email: `${'a'.repeat(500)}@b.example` })).toEqual([]);
  });
});
