import { readConfiguration } from './configuration';
import { startDemo } from './start';

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const app = await startDemo(configuration);
  console.log(`Listening on ${await app.getUrl()}`);
  if (configuration.madeUpSecret) {
    console.log(`STRIPE_WEBHOOK_SECRET is not set; the made-up one is used: ${configuration.webhookSecrets.join(',')}`);
  }
  if (configuration.madeUpToken) {
    console.log(`STRIPE_ADMIN_TOKEN is not set; the token of this run is: ${configuration.adminToken}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
