import { StripeEventsError } from './stripe-events.error';

/** The options given to `StripeModule` cannot work. Thrown at start; the application does not come up. */
export class InvalidOptionsError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INVALID_OPTIONS';

  /** @param problems one sentence each, naming the option and the way out */
  constructor(readonly problems: readonly string[]) {
    super(`The options of StripeModule cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** The data source is of a kind the ledger has no statements for. */
export class UnsupportedDatabaseError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_UNSUPPORTED_DATABASE';

  constructor(
    /** TypeORM's name of the kind. */
    readonly driver: string,
    supported: readonly string[],
  ) {
    super(`The ledger cannot use a "${driver}" data source. Use one of: ${supported.join(', ')}.`);
  }
}

/** A table of the ledger is not there, or is one of an older version. */
export class SchemaMissingError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_SCHEMA_MISSING';

  constructor(
    /** The table that is missing, or lacks columns. */
    readonly table: string,
    /** The columns that a table of an older version lacks; empty where the table itself cannot be read. */
    readonly columns: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    const problem =
      columns.length === 0
        ? `The table ${table} does not exist, or must not be read.`
        : `The table ${table} is one of an older version: it lacks ${columns.join(', ')}.`;
    super(
      `${problem} Add ...STRIPE_MIGRATIONS to the data source's migrations and run them ` +
        `(migrationsRun: true, or "typeorm migration:run"); in tests, synchronize: true will do.`,
      options,
    );
  }
}

/** The ledger's tables are there, but would merge or cut what is stored in them. */
export class SchemaUnsafeError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_SCHEMA_UNSAFE';

  constructor(
    /** The table that is not safe. */
    readonly table: string,
    problem: string,
    wayOut: string,
  ) {
    super(`The table "${table}" is not safe for events: ${problem}. ${wayOut}`);
  }
}

/** Two handlers share one id, so their runs could not be told apart. */
export class DuplicateHandlerError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_DUPLICATE_HANDLER';

  constructor(
    /** The id that both have. */
    readonly handlerId: string,
  ) {
    super(
      `Two handlers have the id "${handlerId}". Give one of them another: @OnStripeEvent(type, { id: '…' }). ` +
        `The id is what the record of a run is kept under, so it must stay the same between deployments.`,
    );
  }
}

/** A decorated method cannot be used as a handler. */
export class InvalidHandlerError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INVALID_HANDLER';

  constructor(
    /** Where the method is: its class and name, or its id. */
    readonly handler: string,
    problem: string,
  ) {
    super(`The handler ${handler} cannot be used: ${problem}`);
  }
}

/** The Stripe API is needed, but the module was given neither `apiKey` nor `client`. */
export class StripeClientMissingError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_CLIENT_MISSING';

  constructor(purpose: string) {
    super(`${purpose} needs the Stripe API. Give StripeModule an apiKey, or a client.`);
  }
}
