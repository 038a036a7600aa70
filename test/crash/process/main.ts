import 'reflect-metadata';
import type { AddressInfo, Server } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { startApplication } from './application';
import type { AppSettings, Command } from './protocol';
import { report, stops } from './stops';
import { watchDrivers } from './watch-drivers';

let app: INestApplication | undefined;

async function start(settings: AppSettings): Promise<void> {
  stops.set(settings.stops);
  app = await startApplication(settings);
  report({ kind: 'started', port: ((app.getHttpServer() as Server).address() as AddressInfo).port });
}

async function stop(): Promise<void> {
  stops.set([]);
  stops.goOn();
  await app?.close();
  report({ kind: 'stopped' });
}

async function obey(command: Command): Promise<void> {
  switch (command.kind) {
    case 'start':
      return start(command.app);
    case 'go-on':
      stops.goOn();
      return;
    case 'stop':
      return stop();
  }
}

watchDrivers();
process.on('message', (command) => {
  obey(command as Command).catch((error: unknown) => {
    report({ kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// Without the test nobody would ever end it.
process.on('disconnect', () => process.exit());
report({ kind: 'loaded' });
