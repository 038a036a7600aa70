// Runs a program of the demo, built first where that is needed: `node scripts/run-built.mjs main`.
// In this very process, so that a signal to it is a signal to the program.
import { ensureBuild } from './ensure-build.mjs';

await ensureBuild();
await import(`../build/demo/${process.argv[2]}.js`);
