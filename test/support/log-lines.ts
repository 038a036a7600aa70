import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';

/** A logger that keeps what is logged, everything of it, as text. */
export class LogLines implements LoggerService {
  readonly lines: string[] = [];
  /** The same as it was given, for what a program would make of it. */
  readonly entries: { readonly level: string; readonly parts: readonly unknown[] }[] = [];
  private readonly watchers = new Set<() => void>();
  readonly log = (...parts: unknown[]): void => {
    this.keep('log', parts);
  };
  readonly error = (...parts: unknown[]): void => {
    this.keep('error', parts);
  };
  readonly warn = (...parts: unknown[]): void => {
    this.keep('warn', parts);
  };
  readonly debug = (...parts: unknown[]): void => {
    this.keep('debug', parts);
  };
  readonly verbose = (...parts: unknown[]): void => {
    this.keep('verbose', parts);
  };
  readonly fatal = (...parts: unknown[]): void => {
    this.keep('fatal', parts);
  };

  /** Resolves with the first line that has this text in it, now or later. */
  line(text: string): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.lines.find((line) => line.includes(text));
        if (found !== undefined) {
          this.watchers.delete(look);
          resolve(found);
        }
      };
      this.watchers.add(look);
      look();
    });
  }

  private keep(level: string, parts: unknown[]): void {
    this.entries.push({ level, parts });
    this.lines.push(
      `${level} ${parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 8 }))).join(' ')}`,
    );
    this.watchers.forEach((look) => look());
  }
}
