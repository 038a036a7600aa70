import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { TestingModule } from '@nestjs/testing';
import type { AddressInfo, Server } from 'node:net';

/** A running application; `close()` is the test's to call. */
export interface RunningApp {
  app: INestApplication;
  /** Without a slash at the end. */
  baseUrl: string;
}

/** What the application under test does to itself before it listens: prefixes, parsers, pipes. */
export type Configure = (app: INestApplication) => void | Promise<void>;

/** One HTTP platform, as an entry of `describe.each(platforms)('on $name', …)`. */
export interface Platform {
  name: 'express' | 'fastify';
  createApp(moduleRef: TestingModule, options?: NestApplicationOptions, configure?: Configure): Promise<RunningApp>;
}

/** The HTTP platforms of Nest, each listening on a free port of 127.0.0.1. */
export const platforms: Platform[] = [
  { name: 'express', createApp: (...args) => startApp(new ExpressAdapter(), ...args) },
  { name: 'fastify', createApp: (...args) => startApp(new FastifyAdapter(), ...args) },
];

async function startApp(
  adapter: ExpressAdapter | FastifyAdapter,
  moduleRef: TestingModule,
  options: NestApplicationOptions = {},
  configure: Configure = () => undefined,
): Promise<RunningApp> {
  const app: INestApplication = moduleRef.createNestApplication(adapter, { logger: false, ...options });
  await configure(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return { app, baseUrl: `http://127.0.0.1:${port}` };
}
