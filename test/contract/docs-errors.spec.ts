import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as api from 'nestjs-stripe-events';
import { STRIPE_ERROR_CODES, StripeEventsError } from 'nestjs-stripe-events';
import { readDocument, sectionsOf } from '../docs/markdown';

type ErrorClass = new (...facts: unknown[]) => StripeEventsError;

const document = readDocument('docs/reference/errors.md');
const sections = sectionsOf(document, 3).filter(({ heading }) => heading.text.startsWith('STRIPE_EVENTS_'));

const classes = (Object.values(api) as unknown[]).filter(
  (value): value is ErrorClass => typeof value === 'function' && value.prototype instanceof StripeEventsError,
);
/** The facts an error is made of do not matter here. */
const errors = classes.map((Class) => new Class([], [], {}));

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => readFileSync(`src/${path}`, 'utf8'))
  .join('\n');

describe('the codes of errors', () => {
  it('are the headings of their page, in the same order', () => {
    expect(sections.map(({ heading }) => heading.text)).toEqual([...STRIPE_ERROR_CODES]);
  });

  it('each belong to one exported class', () => {
    expect(errors.map(({ code }) => code).sort()).toEqual([...STRIPE_ERROR_CODES].sort());
  });

  it('are each used: made by the package, or told apart when a handler throws them', () => {
    const unused = classes.filter(({ name }) => !new RegExp(`\\b(new|instanceof) ${name}\\b`).test(sources));

    expect(unused.map(({ name }) => name)).toEqual([]);
  });

  it('each have a meaning, somebody who sees them, and a way out', () => {
    const silent = sections.filter(({ text }) => !text.includes('**Seen by**') || !text.includes('**Way out**'));

    expect(silent.map(({ heading }) => heading.text)).toEqual([]);
  });

  it('are listed with the class and the status that they have', () => {
    const [list] = sectionsOf(document, 2).flatMap(({ tables }) => tables);
    const listed = list?.rows.map(([code, name, status]) => `${code} ${name} ${status}`);

    expect(listed).toEqual(
      STRIPE_ERROR_CODES.map((code) => {
        const error = errors.find((each) => each.code === code);
        return `${code} ${error?.name} ${error?.httpStatus}`;
      }),
    );
  });
});

describe('the reasons for which a signature is refused', () => {
  it('are those that the guide to the log explains', () => {
    const union = /type SignatureProblem =([^;]+);/.exec(sources)?.[1] ?? '';
    const declared = [...union.matchAll(/'(\w+)'/g)].map(([, reason]) => reason);
    const [log] = sectionsOf(readDocument('docs/guides/operating.md'), 2).filter(
      ({ heading }) => heading.text === 'Logs',
    );
    const explained = log?.tables.flatMap(({ rows }) => rows.flatMap(([reasons = '']) => reasons.split(', ')));

    expect(explained?.sort()).toEqual(declared.sort());
    expect(declared).toContain('no_match');
  });
});
