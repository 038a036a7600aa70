import { ConsoleLogger } from '@nestjs/common';
import { HAS_COLOURS } from './terminal';

/** What Nest says of itself while it starts, the same every time; and why it does not start, which `main` says. */
const COMMONPLACES = new Set<unknown>(['InstanceLoader', 'RouterExplorer', 'RoutesResolver', 'ExceptionHandler']);

/** Whether lines are for programs: one JSON object each. */
export const LOGS_JSON = process.env.NODE_ENV === 'production';

/** JSON lines in production, readable ones elsewhere. */
export class AppLogger extends ConsoleLogger {
  constructor() {
    super({
      json: LOGS_JSON,
      // The fields of a request stand beside its line, where a search finds them.
      structuredParams: LOGS_JSON,
      flattenParams: LOGS_JSON,
      colors: !LOGS_JSON && HAS_COLOURS,
      logLevels: ['log', 'warn', 'error', 'fatal'],
    });
  }

  /** The fields of an object stand beside its sentence too. */
  protected override getJsonLogObject(
    message: unknown,
    options: Parameters<ConsoleLogger['getJsonLogObject']>[1],
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const isEntry = typeof message === 'object' && message !== null && 'message' in message;
    return isEntry
      ? { ...message, ...super.getJsonLogObject(message.message, options) }
      : super.getJsonLogObject(message, options);
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!COMMONPLACES.has(rest.at(-1))) {
      super.log(message, ...rest);
    }
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!COMMONPLACES.has(rest.at(-1))) {
      super.error(message, ...rest);
    }
  }
}
