import { Logger } from '@nestjs/common';
import { describeError, withDeadline } from '../common';
import type { LedgerDatabase } from '../database';
import { eventOf, type EventEntity } from '../events';
import type { CustomerOwnerStore, OwnerClaim } from './customer-owner.store';
import type { CustomerEntity } from './customer.entity';
import type { StripeMissedEvents } from './missed-events';
import { isOwnerId } from './owner-id';
import type { StripeOwnerAnswer, StripeOwnerQuestion, StripeOwnerResolver } from './owner-resolver';

/** How owners are looked for. */
export interface OwnerFinderOptions {
  /** In their order: the first answer counts. */
  readonly resolvers: readonly StripeOwnerResolver[];
  /** Whether customers of connected accounts are meant as well. */
  readonly connectedAccounts: boolean;
  /** What is replayed when an owner was found. */
  readonly missed: StripeMissedEvents | undefined;
  /** How long the resolvers may take for one customer; then its events go on without. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5_000;
const MOST_KINDS_REMEMBERED = 1_000;

/** Asks the application's resolvers whose customers are, before the handlers of their events run. */
export class OwnerFinder {
  private readonly logger = new Logger('StripeEvents');
  private readonly reported = new Set<string>();

  constructor(
    private readonly database: Pick<LedgerDatabase, 'dialect'>,
    private readonly owners: Pick<CustomerOwnerStore, 'claim'>,
    private readonly options: OwnerFinderOptions,
  ) {}

  /**
   * Looks for the owners of these events' customers, where they have none. A resolver that fails keeps no event from
   * being handled.
   *
   * @param customerOf the customer of an event, one object for each customer
   * @returns whether any owner was found; the customers are to be read again then
   */
  async find(
    events: readonly EventEntity[],
    customerOf: (event: EventEntity) => CustomerEntity | null,
  ): Promise<boolean> {
    const questions = events.flatMap((record) => this.questionOf(record, customerOf(record)));
    const customers = [...new Set(questions.map(({ customer }) => customer))];
    const found = await Promise.all(
      customers.map((customer) =>
        this.claimOf(
          customer,
          questions.filter((about) => about.customer === customer),
        ),
      ),
    );
    const claims = found.filter((claim) => claim !== null);
    return claims.length > 0 && (await this.claim(claims));
  }

  private questionOf(record: EventEntity, customer: CustomerEntity | null): StripeOwnerQuestion[] {
    if (customer?.ownerId !== null) {
      return [];
    }
    // Whoever runs a connected account writes its metadata and sessions, and could name any user in them.
    const isForeign = customer.account !== null || record.account !== null;
    const event = isForeign && !this.options.connectedAccounts ? null : eventOf(record);
    return event === null ? [] : [{ customer, event, record }];
  }

  private async claimOf(
    customer: CustomerEntity,
    questions: readonly StripeOwnerQuestion[],
  ): Promise<OwnerClaim | null> {
    const { patienceMs = PATIENCE_MS } = this.options;
    const late = (): Error => new Error(`No answer within ${patienceMs} ms.`);
    const kinds = questions.map(({ record }) => record.kind);
    try {
      const ownerId = await withDeadline(this.ask(questions), patienceMs, late);
      return ownerId === null ? null : { customer, ownerId };
    } catch (error) {
      this.report(kinds, error);
      return null;
    }
  }

  /**
   * Each resolver in turn about all events, so that a weaker one is not heard before a stronger one has nothing to say;
   * and none behind one that failed, for the same reason.
   */
  private async ask(questions: readonly StripeOwnerQuestion[]): Promise<string | null> {
    for (const resolver of this.options.resolvers) {
      for (const question of questions) {
        const answer: StripeOwnerAnswer = await resolver(question);
        if (answer !== null && answer !== undefined) {
          return checked(answer);
        }
      }
    }
    return null;
  }

  private async claim(claims: readonly OwnerClaim[]): Promise<boolean> {
    try {
      await this.owners.claim(claims, this.options.missed);
      return true;
    } catch (error) {
      // A database that is down is down for the event as well, which waits for it; anything else is not the event's fault.
      if (this.database.dialect.classify(error) !== 'refused') {
        throw error;
      }
      this.logger.error(`Owners that were found could not be stored: ${describeError(error)}`);
      return false;
    }
  }

  /** Once for each type of event: a resolver that fails may fail for each of thousands of them. */
  private report(kinds: readonly string[], error: unknown): void {
    const fresh = kinds.filter((kind) => !this.reported.has(kind));
    if (fresh.length === 0 || this.reported.size >= MOST_KINDS_REMEMBERED) {
      return;
    }
    fresh.forEach((kind) => this.reported.add(kind));
    this.logger.error(
      `A resolver of owners failed on ${[...new Set(fresh)].join(', ')}; the events go on without an owner, and this is ` +
        `not said again for these types: ${describeError(error)}`,
    );
  }
}

function checked(answer: string): string {
  if (!isOwnerId(answer)) {
    throw new Error(`It answered ${typeof answer === 'string' ? 'a text that is no id' : `a ${typeof answer}`}.`);
  }
  return answer;
}
