import { Logger } from '@nestjs/common';
import { readConfiguration, type Configuration } from './configuration';
import { explainFailure, startApp } from './start';

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const app = await startApp(configuration);
  announce(await app.getUrl(), configuration);
}

function announce(url: string, { role, platform, madeUp, webhookSecrets, adminToken }: Configuration): void {
  const logger = new Logger('Start');
  if (role !== 'worker') {
    logger.log(`Webhook: POST ${url}/stripe/webhook`);
  }
  logger.log(`Dashboard: ${url}/stripe/admin/`);
  logger.log(`Admin API: GET ${url}/stripe/admin/events, with the header "Authorization: Bearer <STRIPE_ADMIN_TOKEN>"`);
  if (madeUp.has('STRIPE_ADMIN_TOKEN')) {
    logger.warn(`STRIPE_ADMIN_TOKEN is not set; the token of this run is ${adminToken}`);
  }
  if (madeUp.has('STRIPE_WEBHOOK_SECRET')) {
    logger.warn(`STRIPE_WEBHOOK_SECRET is not set; the made-up one, which is public, is ${webhookSecrets.join(',')}`);
  }
  if (madeUp.has('STRIPE_SECRET_KEY')) {
    logger.warn('STRIPE_SECRET_KEY is not set; with the made-up one Stripe refuses every call');
  }
  // Last, so that whoever waits for this line has been told everything.
  logger.log(`Ready on ${url} (role ${role}, ${platform})`);
}

main().catch(explainFailure);
