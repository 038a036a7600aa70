// Public: src/index.ts exports these.
export type {
  StripeEventOf,
  StripeEventPattern,
  StripeEventType,
  StripeFetchedEventOf,
  StripeRelatedObjectOf,
  StripeThinEvent,
  StripeThinEventType,
} from './event-types';
export {
  OnStripeEvent,
  type OnStripeEventOptions,
  type StripeEventDecorator,
  type StripeEventHandler,
} from './on-stripe-event.decorator';
export type { StripeHandlerContext } from './stripe-handler-context';

// For the other folders of this package.
export { isPattern, matchesPattern } from './event-pattern';
export { HandlerExplorer } from './handler.explorer';
export { HandlerMetadataAccessor } from './handler-metadata.accessor';
export { HandlerRegistry } from './handler.registry';
export type { HandlerDefinition, RegisteredHandler } from './registered-handler';
