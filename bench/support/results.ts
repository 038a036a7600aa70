import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), 'bench', 'results');

/** Prints a report, and keeps it with the measurements that it is made of. */
export function keepResults(name: string, report: string, measurements: object): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.md`), report);
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(measurements, null, 2)}\n`);
  console.log(report);
}
