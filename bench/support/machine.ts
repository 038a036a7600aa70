import { arch, cpus, platform, release, totalmem } from 'node:os';

/** What a number was measured on, in one line. */
export function machine(database: string): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const processor = `${cpus().length} x ${first?.model ?? 'unknown processor'}`;
  return `${processor}, ${memory} GiB, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}, ${database}`;
}
