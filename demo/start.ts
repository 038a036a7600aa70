import 'reflect-metadata';
import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import type { DemoConfiguration } from './configuration';

/** Starts the application: JSON lines in production, readable ones elsewhere. */
export async function startDemo(configuration: DemoConfiguration): Promise<INestApplication> {
  const adapter = configuration.platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const logger = new ConsoleLogger({
    json: process.env.NODE_ENV === 'production',
    logLevels: ['log', 'warn', 'error', 'fatal'],
  });
  const app = await NestFactory.create(AppModule.with(configuration), adapter, { logger });
  app.enableShutdownHooks();
  await app.listen(configuration.port, configuration.host);
  return app;
}
