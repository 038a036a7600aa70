export { DeadLetterAnnouncer, type DeadLetterCallback, type StripeDeadLetter } from './dead-letter.announcer';
export { EventPairing, type Pairing } from './event-pairing';
export { EventPreparer } from './event-preparer';
export { EventProcessor } from './event.processor';
export { EventWorker, type WorkerLimits } from './event.worker';
export { HandlerRunner } from './handler-runner';
export { LeaseKeeper } from './lease-keeper';
export { LeasedWriter } from './leased-writer';
export type { RetryPolicy } from './retry-policy';
