import { inspect } from 'node:util';

/** What a log entry can say beside its sentence: ids, words and numbers, nothing from a body. */
export type LogFields = Readonly<Record<string, string | number | null>>;

/**
 * A sentence for people, with its facts in fields for programs.
 *
 * One object and not a text with parameters: Nest's console shows the sentence, and its JSON lines the fields; pino and
 * winston put the fields of an object that comes first at the top of their lines, and drop what comes second.
 */
export class LogEntry {
  constructor(
    readonly message: string,
    fields: LogFields,
  ) {
    Object.assign(this, fields);
  }

  toString(): string {
    return this.message;
  }

  [inspect.custom](): string {
    return this.message;
  }
}
