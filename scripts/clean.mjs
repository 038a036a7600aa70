// Removes what the build makes, or the folders that are named, so that no file of an earlier build is packed.
import { rm } from 'node:fs/promises';

const named = process.argv.slice(2);

for (const folder of named.length > 0 ? named : ['dist', 'build']) await rm(folder, { recursive: true, force: true });
