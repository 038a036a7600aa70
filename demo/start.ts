import 'reflect-metadata';
import type { Server } from 'node:http';
import type { INestApplication, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule, type AppParts } from './app.module';
import type { Configuration } from './configuration';
import { logRequests } from './http/request-log';
import { AppLogger, LOGS_JSON } from './logger';

export type App = INestApplication<Server>;

/**
 * Starts the application, listening; SIGTERM and Ctrl-C end it in order, with code 0.
 *
 * @throws {Error} that says in one line why it did not start
 */
export async function startApp(
  configuration: Configuration,
  parts: AppParts = {},
  logger: LoggerService | false = new AppLogger(),
): Promise<App> {
  let app: App | undefined;
  try {
    const adapter = configuration.platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
    const options = { logger, abortOnError: false };
    app = await NestFactory.create(AppModule.with(configuration, parts), adapter, options);
    logRequests(app.getHttpServer(), LOGS_JSON);
    app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
    await app.listen(configuration.port, configuration.host);
    return app;
  } catch (error) {
    await app?.close();
    throw new Error(`The application did not start: ${reasonOf(error)}`, { cause: error });
  }
}

/** Several addresses that refuse a connection are an error without a message of its own. */
function reasonOf(error: unknown): string {
  const { message, code, errors } = error as Partial<AggregateError & NodeJS.ErrnoException>;
  const said = [message, (errors as Error[] | undefined)?.[0]?.message, code].find(Boolean) ?? String(error);
  return code === 'EADDRINUSE' ? `${said}. Set PORT to a port that is free.` : said;
}

/** Says why the program ends, and lets it end with code 1. */
export function explainFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (LOGS_JSON) {
    new AppLogger().fatal(message, 'Start');
  } else {
    console.error(message);
  }
  process.exitCode = 1;
}
