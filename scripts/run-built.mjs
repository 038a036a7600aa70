// Runs a program of the demo, built first where that is needed: `node scripts/run-built.mjs main`; without a name it
// only builds. In this very process, so that a signal to it is a signal to the program.
import { ensureBuild } from './ensure-build.mjs';

const [program] = process.argv.slice(2);

await ensureBuild();
if (program !== undefined) await import(`../build/demo/${program}.js`);
