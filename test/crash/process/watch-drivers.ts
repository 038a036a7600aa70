import SqliteDatabase from 'better-sqlite3';
import { Connection } from 'mysql2';
import { Client } from 'pg';
import { ConnectionWatch } from './connection-watch';

type Method = (this: object, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

const watches = new WeakMap<object, ConnectionWatch>();

function watchOf(connection: object): ConnectionWatch {
  const watch = watches.get(connection) ?? new ConnectionWatch();
  watches.set(connection, watch);
  return watch;
}

/** Follows every statement that this process sends to a database, through whichever of the three drivers. */
export function watchDrivers(): void {
  replace(Client.prototype, 'query', watchedPostgres);
  replace(Connection.prototype, 'query', watchedMysql);
  replace(Connection.prototype, 'execute', watchedMysql);
  replace(SqliteDatabase.prototype, 'exec', watchedExec);
  replace(SqliteDatabase.prototype, 'prepare', watchedPrepare);
}

function replace(prototype: object, name: string, wrapped: (original: Method) => Method): void {
  const methods = prototype as Methods;
  methods[name] = wrapped(methods[name]!);
}

/** `query(text | { text }, …)`, as a promise. */
function watchedPostgres(original: Method): Method {
  return function (this: object, ...args: unknown[]) {
    const sql = textOf(args[0], 'text');
    const watch = watchOf(this);
    watch.before(sql);
    const result = original.apply(this, args);
    watch.sent(sql);
    return result instanceof Promise
      ? result.then((answer: { rows?: unknown[] }) => {
          watch.after(sql, answer.rows?.length);
          return answer;
        })
      : result;
  };
}

/** `query(sql | { sql }, …, callback)`. */
function watchedMysql(original: Method): Method {
  return function (this: object, ...args: unknown[]) {
    const sql = textOf(args[0], 'sql');
    const callback = args.at(-1) as ((error: unknown, ...answer: unknown[]) => void) | undefined;
    const watch = watchOf(this);
    watch.before(sql);
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, ...answer: unknown[]): void => {
        if (error === null || error === undefined) {
          watch.after(sql, undefined);
        }
        callback(error, ...answer);
      };
    }
    const command = original.apply(this, args);
    watch.sent(sql);
    return command;
  };
}

function watchedExec(original: Method): Method {
  return function (this: object, ...args: unknown[]) {
    const sql = textOf(args[0], '');
    watchOf(this).before(sql);
    const result = original.apply(this, args);
    watchOf(this).after(sql, undefined);
    return result;
  };
}

/** A prepared statement is sent each time it is run. */
function watchedPrepare(original: Method): Method {
  return function (this: object, ...args: unknown[]) {
    const sql = textOf(args[0], '');
    const watch = watchOf(this);
    const prepared = original.apply(this, args) as Methods;
    for (const name of ['run', 'all', 'get']) {
      const run = prepared[name]!;
      prepared[name] = function (this: object, ...params: unknown[]) {
        watch.before(sql);
        const result = run.apply(this, params);
        watch.after(sql, Array.isArray(result) ? result.length : undefined);
        return result;
      };
    }
    return prepared;
  };
}

function textOf(statement: unknown, property: string): string {
  return typeof statement === 'string' ? statement : String((statement as Record<string, unknown>)[property]);
}
