import { Customers } from './resources/customers';
import type { EventDestinationObject } from './resources/event-destinations';
import { Events } from './resources/events';
import type { ThinEventObject } from './resources/thin-events';
import { WebhookEndpoints } from './resources/webhook-endpoints';

/** One account's data in one mode. */
export class StandInAccount {
  readonly customers = new Customers();
  readonly events = new Events();
  readonly webhookEndpoints = new WebhookEndpoints();
  /** By their ids. */
  readonly eventDestinations = new Map<string, EventDestinationObject>();
  /** In no order: the API says nothing of one. */
  readonly thinEvents: ThinEventObject[] = [];
  /** Objects of any other kind, by the path they are retrieved at. */
  readonly objects = new Map<string, object>();
  private readonly connected = new Map<string, StandInAccount>();

  constructor(
    readonly id: string,
    readonly livemode: boolean,
  ) {}

  /** An account that this one may act for, by `Stripe-Account` or `Stripe-Context`; made when first asked for. */
  connect(id: string): StandInAccount {
    const account = this.connected.get(id) ?? new StandInAccount(id, this.livemode);
    this.connected.set(id, account);
    return account;
  }

  /** Itself, or a connected account; undefined when it may not act for it. */
  actingFor(id: string): StandInAccount | undefined {
    return id === this.id ? this : this.connected.get(id);
  }
}
