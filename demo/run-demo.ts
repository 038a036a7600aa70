import type { INestApplication } from '@nestjs/common';
import { StripeEventActionService } from 'nestjs-stripe-events';
import { readConfiguration, type DemoConfiguration } from './configuration';
import { demoDeliveries, type DemoDelivery } from './demo-deliveries';
import { startDemo } from './start';

interface Row {
  readonly sent: string;
  readonly answer: string;
  readonly became: string;
  readonly attempts: number | string;
  readonly customer: string;
}

const SETTLED_WITHIN_MS = 30_000;

async function main(): Promise<void> {
  const configuration = readConfiguration({ PORT: '0', ...process.env });
  const app = await startDemo(configuration);
  const url = await app.getUrl();
  const deliveries = demoDeliveries(configuration.webhookSecrets[0] ?? '');
  const answers: string[] = [];
  for (const delivery of deliveries) {
    answers.push(await deliver(url, delivery));
  }
  console.table(await Promise.all(deliveries.map((delivery, index) => rowOf(app, delivery, answers[index] ?? ''))));
  sayWhereToLook(url, configuration);
  if (process.argv.includes('--exit')) {
    await app.close();
  }
}

async function deliver(url: string, { body, headers }: DemoDelivery): Promise<string> {
  const answer = await fetch(`${url}/stripe/webhook`, { method: 'POST', body, headers });
  const said = (await answer.json()) as { duplicate?: boolean; code?: string };
  return `${answer.status} ${said.code ?? (said.duplicate === true ? 'duplicate' : 'stored')}`;
}

async function rowOf(app: INestApplication, { label, eventId }: DemoDelivery, answer: string): Promise<Row> {
  if (!answer.startsWith('200')) {
    return { sent: label, answer, became: 'refused, nothing stored', attempts: '', customer: '' };
  }
  const events = app.get(StripeEventActionService);
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const event = await events.find(eventId);
    if (event?.processed === true || Date.now() > giveUpAt) {
      const became = event?.ignoredReason ? `${event.status} (${event.ignoredReason})` : (event?.status ?? 'not there');
      return { sent: label, answer, became, attempts: event?.attempts ?? '', customer: event?.stripeCustomerId ?? '' };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function sayWhereToLook(url: string, { adminToken }: DemoConfiguration): void {
  console.log(`The events:   curl -H 'Authorization: Bearer ${adminToken}' ${url}/stripe/admin/events`);
  console.log(`The numbers:  curl -H 'Authorization: Bearer ${adminToken}' ${url}/stripe/admin/stats`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
