import { createServer } from 'node:net';
import { Logger } from '@nestjs/common';
import { readConfiguration, type Configuration, type Environment } from './configuration';
import { AppLogger } from './logger';
import { problemsOf } from './show/check';
import { Client } from './show/client';
import { commands, conclusion, deadLetters, deliveriesTable, introduction, runsTable, usersTable } from './show/report';
import { scenario } from './show/scenario';
import { ShakyMailer } from './show/shaky-mailer';
import { play } from './show/story';
import { explainFailure, startApp, type App } from './start';

/** Starts the application, delivers signed events to it as Stripe does, and shows what became of them. */
async function main(): Promise<void> {
  const configuration = await configurationOf(process.env);
  const mailer = new ShakyMailer();
  // What goes wrong here is meant to: it is shown instead of logged, and tried again soon.
  Logger.overrideLogger(false);
  const app = await startApp(configuration, { mailer, processing: { backoff: { baseMs: 100 } } }, false);
  const passed = await show(app, mailer, configuration);
  if (process.argv.includes('--exit')) {
    await app.close();
    process.exitCode = passed ? 0 : 1;
  } else {
    console.log('\nThe application stays up; Ctrl-C ends it.');
    app.useLogger(new AppLogger());
  }
}

async function show(app: App, mailer: ShakyMailer, configuration: Configuration): Promise<boolean> {
  const url = await app.getUrl();
  const { people, steps } = scenario(configuration.webhookSecrets[0] ?? '');
  console.log(introduction(url, configuration, steps.length));
  const story = await play(app, new Client(url, configuration.adminToken), mailer, { people, steps });
  const problems = problemsOf(story);
  console.log(deliveriesTable(story.outcomes));
  console.log(deadLetters(story.outcomes));
  console.log(runsTable(story.outcomes));
  console.log(usersTable(story.users));
  console.log(commands(url, configuration, steps.at(-1)?.eventId ?? ''));
  console.log(`\n${conclusion(problems)}`);
  return problems.length === 0;
}

/** Like the application's own, but with another port where the usual one is taken. */
async function configurationOf(env: Environment): Promise<Configuration> {
  const configuration = readConfiguration(env);
  if (configuration.role !== 'all') {
    throw new Error('The demonstration receives and processes: unset ROLE, or use npm start.');
  }
  const free = env.PORT !== undefined || (await isFree(configuration));
  return free ? configuration : { ...configuration, port: 0 };
}

function isFree({ port, host }: Configuration): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

main().catch(explainFailure);
