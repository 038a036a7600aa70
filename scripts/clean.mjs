// Removes what the build makes, so that no file of an earlier build is packed.
import { rm } from 'node:fs/promises';

for (const folder of ['dist', 'build']) await rm(folder, { recursive: true, force: true });
