const assert = require('node:assert/strict');

const SECRET = 'whsec_packed';
const BODY = JSON.stringify({
  id: 'evt_packed',
  object: 'event',
  type: 'invoice.paid',
  api_version: '2022-11-15',
  created: 1700000000,
  livemode: false,
  pending_webhooks: 1,
  request: null,
  data: { object: { id: 'in_packed', object: 'invoice', customer: 'cus_packed' } },
});

/** A class with one handler, written without decorator syntax: nothing here is compiled. */
function billing({ common, events }, handled) {
  class Billing {
    onPaid(event, { customer }) {
      handled({ event: event.id, customer: customer.stripeId });
    }
  }
  const method = Object.getOwnPropertyDescriptor(Billing.prototype, 'onPaid');
  events.OnStripeEvent('invoice.paid')(Billing.prototype, 'onPaid', method);
  common.Injectable()(Billing);
  return Billing;
}

function application({ common, typeorm, events, Billing, imports = [] }) {
  class AppModule {}
  common.Module({
    imports: [
      typeorm.TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: `packed-${imports.length}.sqlite`,
        autoLoadEntities: true,
        migrations: events.STRIPE_MIGRATIONS,
        migrationsRun: true,
      }),
      events.StripeModule.forRoot({ apiKey: 'sk_test_packed', webhookSecret: SECRET }),
      ...imports,
    ],
    providers: [Billing],
  })(AppModule);
  return AppModule;
}

async function deliver(url, Stripe) {
  const signature = new Stripe('sk_test_packed').webhooks.generateTestHeaderString({ payload: BODY, secret: SECRET });
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const answer = await fetch(`${url}/stripe/webhook`, { method: 'POST', headers, body: BODY });
  return { status: answer.status, body: await answer.json() };
}

/** Starts an application on the installed package, delivers one event twice, waits for its handler, and has it looked at. */
async function receiveOne(modules) {
  let handled;
  const outcome = new Promise((resolve) => (handled = resolve));
  const Billing = billing(modules, handled);
  const app = await modules.core.NestFactory.create(application({ ...modules, Billing }), { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  assert.deepEqual(await deliver(url, modules.Stripe), { status: 200, body: { received: true, duplicate: false } });
  assert.deepEqual(await deliver(url, modules.Stripe), { status: 200, body: { received: true, duplicate: true } });
  assert.deepEqual(await outcome, { event: 'evt_packed', customer: 'cus_packed' });
  await modules.look?.(app, url);
  await app.close();
}

module.exports = { receiveOne };
