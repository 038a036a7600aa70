import { Inject, Injectable } from '@nestjs/common';
import type { CustomerEntity } from '../customers';
import { Clock, sleep } from '../common';
import { LedgerDatabase } from '../database';
import { EventBusyError, EventNotFoundError, InvalidRequestError } from '../errors';
import { validated, type AddEvent } from './add-event';
import { CustomerDirectory, directoryKey } from './customer-directory';
import { EventAdmission } from './event-admission';
import { EventDispatcher } from './event-dispatcher';
import { factsOf } from './event-facts';
import { EventDiscardStore } from './event-discard.store';
import { EventPayloadStore } from './event-payload.store';
import { EventPruneStore, LONGEST_RETENTION_DAYS } from './event-prune.store';
import { EventReplayStore } from './event-replay.store';
import { EventEntity } from './event.entity';
import type { EventDiscardFilter, EventListFilter, EventReplayFilter, Page } from './event.filter';
import { EventQuery } from './event.query';
import { EventRecorder } from './event.recorder';
import { EventValidator } from './event-validator';
import { checkHandlers, HandlerDirectory } from './handler-directory';
import { ServedAccounts } from './served-accounts';
import { addedEvent } from './whole-event';

/** A lock that is still there after some doublings up to this is no passing one, in milliseconds. */
const LONGEST_PAUSE_MS = 100;

/** What a replay runs, and where. */
export interface ReplayOptions {
  /** Ids of the handlers to run again; all where it is not given. */
  readonly handlers?: readonly string[];
  /** The account of a single event, where several have one of its id. @default the one that has it */
  readonly endpoint?: string;
}

/** Where a dead letter is discarded. */
export type DiscardOptions = Pick<ReplayOptions, 'endpoint'>;

/** What can be done with events: add, find, list, replay, discard, validate, prune, and link them to customers. */
@Injectable()
export class StripeEventActionService {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CustomerDirectory) private readonly customers: CustomerDirectory,
    @Inject(EventDispatcher) private readonly dispatcher: EventDispatcher,
    @Inject(HandlerDirectory) private readonly handlers: HandlerDirectory,
    private readonly database: LedgerDatabase,
    private readonly recorder: EventRecorder,
    private readonly query: EventQuery,
    private readonly payloads: EventPayloadStore,
    private readonly replays: EventReplayStore,
    private readonly discards: EventDiscardStore,
    private readonly prunes: EventPruneStore,
    private readonly admission: EventAdmission,
    private readonly accounts: ServedAccounts,
    private readonly validator: EventValidator,
  ) {}

  /**
   * Stores an event that did not come as a signed webhook, and has it handled like one.
   *
   * @returns the event as it is stored, and whether it was new
   * @throws {InvalidStripeEventError} when a field cannot be stored; nothing was
   * @throws {StorageUnavailableError} when the database did not take it in time; adding it again is safe
   */
  async add(input: AddEvent): Promise<{ event: EventEntity; isNew: boolean }> {
    const added = await validated(input);
    const account = this.accounts.ofAdded(added.endpoint);
    const facts = { ...factsOf(addedEvent(added)), apiVersion: added.apiVersion ?? null };
    const { stripeId, endpoint, isNew } = await this.recorder.record({
      facts,
      endpoint: account,
      source: 'manual',
      receivedAtMs: this.clock.now(),
      body: { encoding: 'utf8', bytes: Buffer.from(JSON.stringify(added.message)) },
      ...this.admission.verdict(account, facts),
    });
    if (isNew) {
      this.dispatcher.announce();
    }
    return { event: await this.present(stripeId, endpoint), isNew };
  }

  /**
   * Links an event to a customer: the one given, or else the one its body names, which becomes a placeholder where it is
   * not known yet. An event that names none is returned unchanged.
   */
  async linkCustomer(event: EventEntity, customer?: CustomerEntity): Promise<EventEntity> {
    const stripeId = customer?.stripeId ?? event.stripeCustomerId;
    if (stripeId === null) {
      return event;
    }
    const linked = customer ?? (await this.ensureCustomer(event, stripeId));
    if (event.stripeCustomerId !== stripeId) {
      const sql = `UPDATE ${this.database.table(EventEntity)} SET stripe_customer_id = ? WHERE id = ?`;
      await this.database.query(sql, [stripeId, event.id]);
    }
    return Object.assign(event, { stripeCustomerId: stripeId, customer: linked ?? null });
  }

  /**
   * The event of this id with its body, or null.
   *
   * @param endpoint the name of the account it must be with
   * @throws {AmbiguousIdError} when no account is named, and several have an event of this id
   */
  async find(stripeId: string, endpoint?: string): Promise<EventEntity | null> {
    const event = await this.query.find(stripeId, endpoint);
    if (event !== null) {
      await this.payloads.attachTo([event]);
    }
    return event;
  }

  /** A page of events without their bodies, newest first. */
  list(filter: EventListFilter = {}): Promise<Page<EventEntity>> {
    return this.query.list(filter);
  }

  /**
   * Makes events due again at once, with the records of their runs cleared, so that handlers run which had succeeded.
   * Of a filter's events, those stay as they are that a worker has at this moment.
   *
   * @returns how many events are due again
   * @throws {EventNotFoundError} when there is no event of this id
   * @throws {AmbiguousIdError} when several accounts have one, and `endpoint` names none of them
   * @throws {EventBusyError} when a worker has the event at this moment
   * @throws {InvalidRequestError} when a handler is named that is not there, or the filter cannot be used
   */
  async replay(target: string | EventReplayFilter, options: ReplayOptions = {}): Promise<number> {
    checkHandlers(options.handlers, this.handlers);
    const replayed =
      typeof target === 'string'
        ? await this.replayOne(target, options)
        : await this.replays.replayMany(target, options.handlers);
    this.dispatcher.announce();
    return replayed;
  }

  /**
   * Takes dead letters for done, without handling them: they are ignored from now on, with the reason `discarded`, keep
   * their error, and are deleted like other settled events. Only a replay by its id handles such an event again.
   *
   * @returns how many events were discarded
   * @throws {EventNotFoundError} when there is no event of this id
   * @throws {AmbiguousIdError} when several accounts have one, and `endpoint` names none of them
   * @throws {InvalidRequestError} when the event of this id is no dead letter, or the filter cannot be used
   */
  async discard(target: string | EventDiscardFilter, { endpoint }: DiscardOptions = {}): Promise<number> {
    if (typeof target !== 'string') {
      return this.discards.discardMany(target);
    }
    const event = await this.query.find(target, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    if (!(await this.discards.discardOne(event.id))) {
      throw new InvalidRequestError(['only dead letters can be discarded']);
    }
    return 1;
  }

  /**
   * Deletes events that succeeded or were ignored more than so many days ago, with their bodies and runs; never those
   * that are pending, in work or dead. Goes on in small steps, however many there are; stopping it half way is harmless.
   * An event that Stripe sends again after it was deleted is handled again: people can do that for 30 days.
   *
   * @returns how many events were deleted
   * @throws {InvalidRequestError} when `olderThanDays` is not a whole number from 1 to 36,500
   */
  async prune({ olderThanDays }: { readonly olderThanDays: number }): Promise<number> {
    if (!Number.isInteger(olderThanDays) || olderThanDays < 1 || olderThanDays > LONGEST_RETENTION_DAYS) {
      throw new InvalidRequestError([`olderThanDays must be a whole number from 1 to ${LONGEST_RETENTION_DAYS}`]);
    }
    return this.prunes.prune(olderThanDays);
  }

  /**
   * Fetches the event from Stripe, in the name of its account, and compares it with what is stored. The answer is kept in
   * `valid`, and changes nothing about how the event is handled: this is a second look, beside the signature's. Compared
   * are the event and its data, whole where both are in one API version; never `pending_webhooks`, which counts down.
   *
   * @returns false when Stripe has another event under this id, or none though it would still have it
   * @throws {EventOutOfReachError} when the event is too old to be fetched, or of the other mode than the key
   * @throws {StripeClientMissingError} when the module has neither a key nor a client
   * @throws whatever the Stripe SDK throws when Stripe cannot answer
   */
  async validate(event: EventEntity): Promise<boolean> {
    if (event.message === undefined) {
      await this.payloads.attachTo([event]);
    }
    return this.validator.validate(event);
  }

  private async replayOne(stripeId: string, { handlers, endpoint }: ReplayOptions): Promise<number> {
    const event = await this.query.find(stripeId, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    for (let pauseMs = 1; !(await this.replays.replayOne(event.id, handlers)); pauseMs *= 2) {
      // Its row may only be locked for a moment, by somebody who looks at it: that is over at once.
      const held = (await this.query.find(stripeId, event.endpoint))?.status === 'processing';
      if (held || pauseMs > LONGEST_PAUSE_MS) {
        throw new EventBusyError();
      }
      await sleep(pauseMs);
    }
    return 1;
  }

  private async ensureCustomer(event: EventEntity, stripeId: string): Promise<CustomerEntity | undefined> {
    const { endpoint, livemode, account } = event;
    const known = await this.customers.ensure([{ endpoint, stripeId, livemode, account }]);
    return known.get(directoryKey(endpoint, stripeId));
  }

  private async present(stripeId: string, endpoint: string): Promise<EventEntity> {
    const event = await this.find(stripeId, endpoint);
    if (event === null) {
      throw new EventNotFoundError();
    }
    return event;
  }
}
