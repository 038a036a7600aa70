import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The processor time of each process of a family, in microseconds, by its id. */
export type CpuTimes = ReadonlyMap<number, number>;

interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly us: number;
}

/** Whether this system tells how much processor time a process has used. */
const TELLS_CPU_TIME = existsSync('/proc/self/schedstat');

/** What a process and its descendants have used so far; empty where nobody tells. */
export function cpuTimes(root: number): CpuTimes {
  const all = TELLS_CPU_TIME ? processes() : [];
  const family = new Set([root]);
  for (let known = 0; known !== family.size;) {
    known = family.size;
    all.filter(({ parent }) => family.has(parent)).forEach(({ pid }) => family.add(pid));
  }
  return new Map(all.filter(({ pid }) => family.has(pid)).map(({ pid, us }) => [pid, us]));
}

/** What was used between two readings, in microseconds, by the processes that are still there; NaN where nobody tells. */
export function usedBetween(before: CpuTimes, after: CpuTimes): number {
  const used = [...after].map(([pid, us]) => us - (before.get(pid) ?? 0));
  return used.length === 0 ? NaN : used.reduce((sum, us) => sum + us, 0);
}

function processes(): ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => timeOf(Number(name)));
}

/** Nothing of a process that ends meanwhile. */
function timeOf(pid: number): ProcessTime[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold spaces. The state comes after it, then the parent.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    const threads = readdirSync(`/proc/${pid}/task`);
    return [{ pid, parent, us: threads.reduce((sum, thread) => sum + threadUs(pid, thread), 0) }];
  } catch {
    return [];
  }
}

/** The scheduler's own count, in nanoseconds; the one in `stat` is made of samples, which short bursts fall between. */
function threadUs(pid: number, thread: string): number {
  return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]) / 1000;
}
