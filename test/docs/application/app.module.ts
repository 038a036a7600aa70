import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { STRIPE_MIGRATIONS, StripeModule } from 'nestjs-stripe-events';
import { Billing } from './billing';
import { CreatePayments1764000000001 } from './create-payments';
import { Payment } from './payment.entity';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: 'app.sqlite',
      enableWAL: true,
      autoLoadEntities: true,
      migrations: [...STRIPE_MIGRATIONS, CreatePayments1764000000001],
      migrationsRun: true,
    }),
    TypeOrmModule.forFeature([Payment]),
    StripeModule.forRoot({
      // Where one of these is blank, the application does not start.
      webhookSecret: process.env.STRIPE_WEBHOOK_SECRET ?? '',
      admin: { path: 'stripe/admin', token: process.env.STRIPE_ADMIN_TOKEN ?? '' },
    }),
  ],
  providers: [Billing],
})
export class AppModule {}
