import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transformFile, type Options } from '@swc/core';

const TARGET = resolve('node_modules/.cache/stripe-events-crash');
const PROGRAM = join(TARGET, 'main.mjs');
const BUNDLER = 'test/support/bundle.mjs';
const INSTALLED = 'node_modules/.package-lock.json';
const FOLDERS = ['src', 'test/crash/process'];
/** As what the package is built as: CommonJS. */
const OPTIONS: Options = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
};
/** The program asks for the package by its name, and is given the sources. */
const PACKAGE = { name: 'nestjs-stripe-events', type: 'commonjs', exports: { '.': './src/index.js' } };

/** Translates the program that the crash tests run in processes of its own, with the sources, into one file. */
export async function crashProgram(): Promise<string> {
  const sources = FOLDERS.flatMap(sourcesIn);
  await Promise.all(
    sources
      .filter((source) => isNewer(source, targetOf(source)))
      .map(async (source) => write(targetOf(source), (await transformFile(source, OPTIONS)).code)),
  );
  write(join(TARGET, 'package.json'), JSON.stringify(PACKAGE));
  if ([...sources, BUNDLER, INSTALLED].some((source) => isNewer(source, PROGRAM))) {
    const program = join(TARGET, 'test/crash/process/main.js');
    await promisify(execFile)(process.execPath, [BUNDLER, program, PROGRAM]);
  }
  return PROGRAM;
}

function sourcesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?<!\.spec)\.ts$/.test(name)).map((name) => join(folder, name));
}

function targetOf(source: string): string {
  return join(TARGET, source.replace(/ts$/, 'js'));
}

function isNewer(source: string, made: string): boolean {
  const translated = statSync(made, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return statSync(source).mtimeMs >= translated;
}

/** At once or not at all: another test file may be doing the same, and its processes may be reading. */
function write(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}
