import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../demo/configuration';
import { readDocument, sectionsOf } from '../docs/markdown';

const [page] = sectionsOf(readDocument('docs/reference/demo.md'), 1);
const rows = page?.tables.find(({ header }) => header[0] === 'variable')?.rows ?? [];
const documented = new Map(rows.map(([name = '', byDefault = '']) => [name, byDefault]));

describe('the variables of the runnable application', () => {
  it('are those that it reads', () => {
    const sources = readdirSync('demo', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.startsWith('show'))
      .map((path) => readFileSync(`demo/${path}`, 'utf8'))
      .join('\n');
    const read = sources.matchAll(/\benv\.([A-Z_]+)\b|secret\('([A-Z_]+)'/g);

    expect([...documented.keys()].sort()).toEqual([...new Set([...read].map(([, a, b]) => a ?? b))].sort());
  });

  it('have the defaults that are documented', () => {
    const { host, port, platform, role, databaseUrl, apiBase, madeUp } = readConfiguration({});

    expect(['HOST', 'PORT', 'HTTP_PLATFORM', 'ROLE', 'DATABASE_URL'].map((name) => documented.get(name))).toEqual(
      [host, port, platform, role, databaseUrl].map(String),
    );
    expect([documented.get('STRIPE_API_BASE'), apiBase]).toEqual(['Stripe', null]);
    const inventions = [...documented].filter(([, byDefault]) => /made up|random/.test(byDefault));
    expect(inventions.map(([name]) => name).sort()).toEqual([...madeUp].sort());
  });
});
