import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of the benchmark's own that answers messages. */
export interface Child {
  readonly pid: number;
  /** The first message it sent: what it has to say once it is ready. */
  readonly ready: unknown;
  /** Sends a message and resolves with the next one that comes back. */
  ask(message: unknown): Promise<unknown>;
  /** @default 'SIGTERM' */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program and waits until it says that it is ready. */
export async function startChild(program: string, args: readonly string[]): Promise<Child> {
  const child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = await nextMessage(child);
  return {
    pid: child.pid ?? 0,
    ready,
    ask: (message) => {
      child.send(message as object);
      return nextMessage(child);
    },
    stop: async (signal = 'SIGTERM') => {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const message = once(child, 'message', { signal: gone.signal }).then(([value]: unknown[]) => value);
  const exit = once(child, 'exit', { signal: gone.signal }).then(() => {
    throw new Error('A process of the benchmark ended before it answered.');
  });
  return Promise.race([message, exit]).finally(() => {
    gone.abort();
    exit.catch(() => undefined);
    message.catch(() => undefined);
  });
}
