import { Controller, Headers, HttpCode, Injectable, Module, Post, Req, type RawBodyRequest } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import Stripe from 'stripe';
import { Column, Entity, PrimaryGeneratedColumn, Repository, type DataSourceOptions } from 'typeorm';
import { SECRET } from './deliveries';
import { listen, platformAdapter, type PlatformName } from './platform';

@Entity()
class WebhookEvent {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ unique: true })
  stripeId!: string;

  @Column()
  type!: string;

  @Column()
  livemode!: boolean;

  @Column({ type: 'jsonb' })
  payload!: object;

  @Column({ default: false })
  processed!: boolean;
}

@Injectable()
class WebhookEvents {
  constructor(@InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>) {}

  async keep({ id, type, livemode, data }: Stripe.Event): Promise<void> {
    const known = await this.events.findOneBy({ stripeId: id });
    if (known === null) {
      await this.events.save(this.events.create({ stripeId: id, type, livemode, payload: data.object }));
    }
  }
}

@Controller('stripe/webhook')
class WebhookController {
  private readonly stripe = new Stripe('sk_test_made_up');

  constructor(private readonly events: WebhookEvents) {}

  @Post()
  @HttpCode(200)
  async receive(@Req() { rawBody }: RawBodyRequest<unknown>, @Headers('stripe-signature') signature: string) {
    await this.events.keep(this.stripe.webhooks.constructEvent(rawBody ?? '', signature, SECRET));
    return { received: true };
  }
}

/** What a team writes: Nest's own raw body, Stripe's own verification, look whether it is there, save, answer. */
export async function startHandwrittenServer(platform: PlatformName, options: DataSourceOptions): Promise<number> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ ...options, entities: [WebhookEvent], synchronize: true }),
      TypeOrmModule.forFeature([WebhookEvent]),
    ],
    controllers: [WebhookController],
    providers: [WebhookEvents],
  })
  class Application {}
  return listen(await NestFactory.create(Application, platformAdapter(platform), { logger: false, rawBody: true }));
}
