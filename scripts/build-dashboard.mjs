// Builds the dashboard's page and writes its files, as one module, over the empty one that the compiler has put into dist.
import { Buffer } from 'node:buffer';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'vite';

const TARGET = 'dist/admin/dashboard/built-files.js';

const { output } = await build({
  configFile: 'dashboard/vite.config.mjs',
  logLevel: 'warn',
  build: { write: false },
});
const files = Object.fromEntries(output.map((file) => [file.fileName, textOf(file)]));

await mkdir(dirname(TARGET), { recursive: true });
await writeFile(
  TARGET,
  `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.BUILT_FILES = ${JSON.stringify(files, null, 1)};
`,
);

function textOf(file) {
  return file.type === 'chunk' ? file.code : Buffer.from(file.source).toString('utf8');
}
