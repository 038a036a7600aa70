import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { documents, readDocument, sectionsOf } from '../docs/markdown';

const all = documents();
const GUARANTEES = readDocument('docs/explanation/guarantees.md');

/** What is wrong with a link of a document; null when it leads somewhere. */
function problemOf(from: string, link: string): string | null {
  const [target = '', anchor] = decodeURIComponent(link).split('#', 2);
  const path = target === '' ? from : normalize(join(dirname(from), target));
  if (!existsSync(path)) {
    return `${from}: ${link} is not there`;
  }
  if (anchor === undefined) {
    return null;
  }
  const known = path.endsWith('.md') && readDocument(path).headings.some((heading) => heading.anchor === anchor);
  return known ? null : `${from}: ${link} has no such heading`;
}

describe('the links of the documents', () => {
  it('lead to files and headings that are there', () => {
    const relative = all.flatMap(({ path, links }) =>
      links.filter((link) => !/^(https?|mailto):/.test(link)).map((link) => problemOf(path, link)),
    );

    expect(relative.filter((problem) => problem !== null)).toEqual([]);
    expect(relative.length).toBeGreaterThan(50);
    expect(problemOf('README.md', 'docs/nowhere.md')).not.toBeNull();
    expect(problemOf('README.md', 'CONTRIBUTING.md#nowhere')).not.toBeNull();
  });

  it('are all written with a scheme that browsers refuse nothing of', () => {
    expect(all.flatMap(({ links }) => links).filter((link) => link.startsWith('http:'))).toEqual([]);
  });

  it('reach every document from the index', () => {
    const index = readDocument('docs/README.md');
    const linked = new Set(index.links.map((link) => normalize(join('docs', link.split('#', 1)[0] ?? ''))));
    const below = all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== index.path);

    expect(below.filter((path) => !linked.has(path))).toEqual([]);
  });
});

describe('the guarantees', () => {
  const rows = sectionsOf(GUARANTEES, 2).flatMap(({ heading, tables }) =>
    tables.flatMap((table) => table.rows.map((row) => ({ heading: heading.text, row }))),
  );
  const proofs = rows.flatMap(({ row }) => proofsIn(row.at(-1) ?? ''));

  /** `test/….spec.ts › title; title`, perhaps several of them. */
  function proofsIn(cell: string): { file: string; title: string }[] {
    return [...cell.matchAll(/((?:test|src)\/\S+?\.spec\.ts) › “([^”]+)”/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    }));
  }

  it('each name their proof, or say that there is none yet', () => {
    const silent = rows.filter(({ row }) => proofsIn(row.at(-1) ?? '').length === 0 && row.at(-1) !== 'not yet proven');

    expect(silent.map(({ row }) => row[0])).toEqual([]);
    expect(proofs.length).toBeGreaterThan(20);
  });

  it('name only tests that are there', () => {
    const missing = proofs.filter(
      ({ file, title }) => !existsSync(file) || !hasTest(readFileSync(file, 'utf8'), title),
    );

    expect(missing).toEqual([]);
    expect(statSync(proofs[0]!.file).isFile()).toBe(true);
  });

  /** As the title of a test: in quotes, after `it` or `test`, perhaps with the parameters of `each` between. */
  function hasTest(source: string, title: string): boolean {
    const at = [`'${title}'`, `"${title}"`, `\`${title}\``].map((quoted) => source.indexOf(quoted)).find((i) => i >= 0);
    return at !== undefined && /\b(it|test)\b[^;]*$/.test(source.slice(0, at));
  }
});
