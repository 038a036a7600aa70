import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { buildDemo } from '../e2e/demo-process';

jest.setTimeout(180_000);

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name: name.replace(/^\./, 'nestjs-stripe-events'), ...target }],
);

/** Of an optional peer, only the entry point is typed that is for nobody else. */
const OPTIONAL_PEERS: Readonly<Record<string, readonly string[]>> = {
  'nestjs-stripe-events/opentelemetry': ['@opentelemetry/api'],
  'nestjs-stripe-events/prometheus': ['@opentelemetry/sdk-metrics'],
  'nestjs-stripe-events/terminus': ['@nestjs/terminus'],
};

beforeAll(buildDemo);

describe.each(entries)('the built $name', ({ name, types }) => {
  it('can be required and imported, with the same names', () => {
    const required = `console.log(JSON.stringify(Object.keys(require('${name}'))))`;
    const imported = `console.log(JSON.stringify(Object.keys(await import('${name}'))))`;

    const names = namesOf('commonjs', required);
    expect(names.length).toBeGreaterThan(0);
    const forRequire = ['__esModule', 'default', 'module.exports'];
    expect(namesOf('module', imported).filter((each) => !forRequire.includes(each))).toEqual(names);
  });

  it('is typed by packages that every user of it has', () => {
    const peers = Object.keys(manifest.peerDependencies);
    const own = OPTIONAL_PEERS[name] ?? [];
    const sure = peers.filter((peer) => manifest.peerDependenciesMeta[peer]?.optional !== true || own.includes(peer));

    const named = packagesNamedBy(types);

    expect(named).toContain('@nestjs/common');
    expect(named.filter((each) => !sure.includes(each) && !each.startsWith('node:'))).toEqual([]);
  });
});

describe('the packed package', () => {
  it('is the library, its maps and its papers, and nothing else', () => {
    const files = packedFiles();
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];

    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual(papers);
    const library = files.filter((file) => file.startsWith('dist/'));
    expect(library.filter((file) => !/\.(js|js\.map|d\.ts)$/.test(file))).toEqual([]);
    expect(library.filter((file) => /\.spec\.|\btest\b|\bdemo\b/.test(file))).toEqual([]);
    for (const { types, default: code } of entries) {
      expect(library).toEqual(expect.arrayContaining([types, code].map((file) => file.replace('./', ''))));
    }
  });

  it('has the types and the map of every file, with the sources in the map', () => {
    const code = packedFiles().filter((file) => file.endsWith('.js'));
    expect(code.length).toBeGreaterThan(100);

    for (const file of code) {
      expect(existsSync(file.replace(/\.js$/, '.d.ts'))).toBe(true);
      const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sourcesContent: string[] };
      expect(map.sourcesContent).toHaveLength(1);
    }
  });
});

function namesOf(type: 'commonjs' | 'module', program: string): string[] {
  const output = execFileSync(process.execPath, [`--input-type=${type}`, '--eval', program], { encoding: 'utf8' });
  return (JSON.parse(output) as string[]).filter((name) => name !== '__esModule').sort();
}

function packedFiles(): string[] {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
  const [packed] = JSON.parse(output) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path).sort();
}

/** The packages, and modules of Node, that the types of an entry point cannot do without. */
function packagesNamedBy(entry: string): string[] {
  const [named, seen, open] = [new Set<string>(), new Set<string>(), [entry]];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const specifier of specifiersIn(file)) {
      if (specifier.startsWith('.')) open.push(declarationOf(join(dirname(file), specifier)));
      else named.add(specifier.startsWith('node:') ? specifier : packageOf(specifier));
    }
  }
  return [...named].sort();
}

/** Imports, re-exports, `import('…')` types and `/// <reference types>`. */
function specifiersIn(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true);
  return [...importedFiles, ...typeReferenceDirectives].map(({ fileName }) => fileName);
}

function declarationOf(path: string): string {
  const found = [`${path.replace(/\.js$/, '')}.d.ts`, join(path, 'index.d.ts')].find(existsSync);
  if (found === undefined) throw new Error(`There are no types of ${path}.`);
  return found;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
