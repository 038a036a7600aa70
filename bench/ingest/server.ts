import 'reflect-metadata';
import { startBareServer } from './bare.server';
import { startHandwrittenServer } from './handwritten.server';
import { startModuleServer } from './module.server';
import type { PlatformName } from './platform';

/** One server of the benchmark, in a process of its own: `server.js <kind> <platform> <database url>`. */
async function main([kind = '', platform = 'express', url = '']: string[]): Promise<void> {
  const options = { type: 'postgres', url } as const;
  const start = new Map<string, () => Promise<number>>([
    ['bare', startBareServer],
    ['handwritten', () => startHandwrittenServer(platform as PlatformName, options)],
    ['module', () => startModuleServer(platform as PlatformName, options, { stores: true })],
    ['nothing-stored', () => startModuleServer(platform as PlatformName, options, { stores: false })],
  ]).get(kind);
  if (start === undefined) {
    throw new Error(`There is no server called "${kind}".`);
  }
  const port = await start();
  process.send?.({ port });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
