import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from 'nestjs-stripe-events';
import { buildEvent, signedDelivery, waitForEvent } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { Billing } from './billing';
import { Payment } from './payment.entity';

const SECRET = 'whsec_made_up';
let app: INestApplication;

beforeAll(async () => {
  const moduleRef = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      TypeOrmModule.forFeature([Payment]),
      StripeModule.forRoot({ webhookSecret: SECRET }),
    ],
    providers: [Billing],
  }).compile();
  app = moduleRef.createNestApplication();
  await app.listen(0);
});
afterAll(() => app.close());

it('keeps a payment once, however often Stripe tells of it', async () => {
  const invoice = { id: 'in_1', object: 'invoice', amount_paid: 4_900 };
  const event = buildEvent({ type: 'invoice.paid', object: invoice });

  for (let time = 1; time <= 2; time += 1) {
    const delivery = signedDelivery(event, SECRET);
    const answer = await fetch(`${await app.getUrl()}/stripe/webhook`, { method: 'POST', ...delivery });
    expect(answer.status).toBe(200);
  }

  await waitForEvent(app, String(event.id), 'succeeded');
  const payments = await app.get(DataSource).getRepository(Payment).find();
  expect(payments).toEqual([{ invoiceId: 'in_1', amount: 4_900 }]);
});
