import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** What each entry point exports. A name that is added here is promised; one that is taken away breaks somebody. */
const VALUES = {
  'src/index.ts': [
    'AccountMismatchError',
    'AddEvent',
    'AmbiguousIdError',
    'ApiVersionRefusedError',
    'BodyTooLargeError',
    'CustomerEntity',
    'CustomerMissingError',
    'CustomerNotFoundError',
    'CustomerOwners',
    'CustomerQuery',
    'DuplicateHandlerError',
    'EVENT_SOURCES',
    'EVENT_STATUSES',
    'EndpointAmbiguousError',
    'EndpointNotFoundError',
    'EndpointNotOwnedError',
    'EventBusyError',
    'EventEntity',
    'EventNotFoundError',
    'EventOutOfReachError',
    'EventPayloadEntity',
    'FetchUnsupportedError',
    'HandlerRegistry',
    'HandlerRunEntity',
    'HandlerTimeoutError',
    'InternalError',
    'InvalidCustomerError',
    'InvalidHandlerError',
    'InvalidOptionsError',
    'InvalidRequestError',
    'InvalidStripeEventError',
    'LeaseLostError',
    'OnStripeEvent',
    'OwnerTakenError',
    'RawBodyMissingError',
    'ReadOnlyError',
    'RetryEventError',
    'STRIPE_ENTITIES',
    'STRIPE_ERROR_CODES',
    'STRIPE_MIGRATIONS',
    'SchemaMissingError',
    'SchemaUnsafeError',
    'ShutdownError',
    'SignatureVerificationError',
    'StorageUnavailableError',
    'StripeApiError',
    'StripeCatchUpService',
    'StripeClientMissingError',
    'StripeCustomerService',
    'StripeEndpointService',
    'StripeEventActionService',
    'StripeEventsError',
    'StripeHealth',
    'StripeModule',
    'StripeTelemetry',
    'SyncRunCancelledError',
    'SyncRunEntity',
    'SyncRunFailedError',
    'SyncRunLostError',
    'SyncRunNotFoundError',
    'UnauthorizedError',
    'UnrecoverableEventError',
    'UnsupportedDatabaseError',
    'errorBody',
    'fromEventBridge',
    'fromEventGrid',
    'fromQueueMessage',
    'ownerFromClientReference',
    'ownerFromMetadata',
    'ownerFromVerifiedEmail',
    'stripeEntities',
    'stripeMigrations',
  ],
  'src/observability/opentelemetry/index.ts': ['StripeOpenTelemetryModule'],
  'src/observability/prometheus/index.ts': ['StripePrometheusModule'],
  'src/observability/terminus/index.ts': ['StripeHealthIndicator'],
  'src/testing/index.ts': ['buildEvent', 'signedDelivery', 'testId', 'waitForEvent'],
};

const TYPES = {
  'src/index.ts': [
    'AdminOptions',
    'ApplyEndpointOptions',
    'ClientReferenceOptions',
    'CustomerListFilter',
    'CustomerScope',
    'CustomerSyncAllOptions',
    'CustomerSyncFailure',
    'CustomerSyncOptions',
    'CustomerSyncResult',
    'DiscardOptions',
    'EarlierAttempt',
    'ErrorBody',
    'EventBridgeOptions',
    'EventDiscardFilter',
    'EventFilter',
    'EventListFilter',
    'EventReplayFilter',
    'EventSource',
    'EventStatus',
    'FindCustomerOptions',
    'IgnoredReason',
    'LinkOwnerOptions',
    'OnStripeEventOptions',
    'OtherApiVersion',
    'Page',
    'ReplayOptions',
    'RunStatus',
    'SignatureProblem',
    'StripeAccountOptions',
    'StripeCatchUpOptions',
    'StripeCatchUpRequest',
    'StripeCatchUpResult',
    'StripeCatchUpScheduleOptions',
    'StripeCustomerObject',
    'StripeCustomerOptions',
    'StripeCustomerReference',
    'StripeDeadLetter',
    'StripeDeliveryEnd',
    'StripeDeliveryObservation',
    'StripeEndpointDeclaration',
    'StripeEndpointDifference',
    'StripeEndpointDrift',
    'StripeEndpointResult',
    'StripeErrorCode',
    'StripeEventOf',
    'StripeEventPattern',
    'StripeEventType',
    'StripeFetchedEventOf',
    'StripeHandlerCall',
    'StripeHandlerContext',
    'StripeHandlerEnd',
    'StripeHandlerOutcome',
    'StripeHealthOptions',
    'StripeHealthReport',
    'StripeMissedEvents',
    'StripeModuleOptions',
    'StripeModuleStructure',
    'StripeObservation',
    'StripeObservedEvent',
    'StripeObserver',
    'StripeOwnerAnswer',
    'StripeOwnerQuestion',
    'StripeOwnerResolver',
    'StripeProcessingOptions',
    'StripeRecordedBatch',
    'StripeRelatedObjectOf',
    'StripeReplayMissed',
    'StripeScope',
    'StripeSecretRotation',
    'StripeSettlement',
    'StripeTableOptions',
    'StripeThinEvent',
    'StripeThinEventType',
    'SyncProgress',
    'SyncRunKind',
    'SyncRunOptions',
    'SyncRunStatus',
    'UnlinkOwnerOptions',
  ],
  'src/observability/opentelemetry/index.ts': ['StripeOpenTelemetryOptions'],
  'src/observability/prometheus/index.ts': ['StripePrometheusOptions'],
  'src/observability/terminus/index.ts': ['StripeHealthLimits'],
  'src/testing/index.ts': ['EventParts', 'SignedDelivery', 'WaitOptions'],
};

const OPTIONS: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, noLib: true, types: [] };

/** The package's own files alone: the names it exports need nobody else's types. */
function exportsOf(entry: string): { values: string[]; types: string[] } {
  const host = ts.createCompilerHost(OPTIONS);
  host.resolveModuleNameLiterals = (names, containing) =>
    names.map(({ text }) =>
      text.startsWith('.') ? ts.resolveModuleName(text, containing, OPTIONS, host) : { resolvedModule: undefined },
    );
  const program = ts.createProgram([entry], OPTIONS, host);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  const exported = module ? checker.getExportsOfModule(module) : [];
  const isValue = (symbol: ts.Symbol): boolean => {
    const named = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (named.flags & ts.SymbolFlags.Value) !== 0;
  };
  const names = (wanted: boolean): string[] =>
    exported
      .filter((symbol) => isValue(symbol) === wanted)
      .map(({ name }) => name)
      .sort();
  return { values: names(true), types: names(false) };
}

const ENTRIES = Object.keys(VALUES) as (keyof typeof VALUES)[];

describe.each(ENTRIES)('the entry point %s', (entry) => {
  const { values, types } = exportsOf(entry);

  it('exports these values', () => {
    expect(values).toEqual(VALUES[entry]);
  });

  it('exports these types', () => {
    expect(types).toEqual(TYPES[entry]);
  });

  it('exports when it runs what it declares', async () => {
    const module = (await import(`../../${entry}`)) as object;

    expect(Object.keys(module).sort()).toEqual(VALUES[entry]);
  });
});
