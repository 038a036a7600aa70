/**
 * `node bundle.mjs <program> <bundle>`: puts a program and the packages it loads into one file, since a process spends
 * most of its start on finding and reading two thousand of them. A process of its own, since Jest loads no native parts.
 */
import { renameSync } from 'node:fs';
import { rolldown } from 'rolldown';

/** What has native parts, or is watched by the program at its own place. */
const STAYS_OUTSIDE = /^(better-sqlite3|pg|mysql2)(\/|$)/;

const [input, file] = process.argv.slice(2);
const unfinished = `${file}.${process.pid}`;
// Packages that are not installed are what TypeORM and Nest could load, and never do here.
const bundle = await rolldown({ input, platform: 'node', external: STAYS_OUTSIDE, logLevel: 'silent' });
await bundle.write({ file: unfinished, format: 'es', codeSplitting: false });
renameSync(unfinished, file);
