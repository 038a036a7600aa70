import type { EventListFilter, EventSource, EventStatus } from '../../events';
import { ENDPOINT_RULE } from './endpoint.query';
import { FROM_RULE, KIND_RULE, SOURCE_RULE, STATUS_RULE, TO_RULE } from './event.fields';
import { booleanRule, OptionalField, textRule } from './field';
import { CURSOR_RULE, LIMIT_RULE } from './paging.fields';

/** The parameters of `GET events`. */
export class EventListQuery implements EventListFilter {
  @OptionalField(KIND_RULE)
  kind?: string;

  @OptionalField(STATUS_RULE)
  status?: EventStatus;

  @OptionalField(booleanRule('Whether real money is concerned.'))
  livemode?: boolean;

  @OptionalField(textRule('Stripe’s id of the customer, `cus_…`.'))
  customer?: string;

  @OptionalField(textRule('The connected account, `acct_…`.'))
  account?: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;

  @OptionalField(textRule('The id of the object the event is about.'))
  object?: string;

  @OptionalField(SOURCE_RULE)
  source?: EventSource;

  @OptionalField(textRule('The beginning of an event’s, object’s or customer’s id, or of a type.'))
  q?: string;

  @OptionalField(FROM_RULE)
  from?: Date;

  @OptionalField(TO_RULE)
  to?: Date;

  @OptionalField(LIMIT_RULE)
  limit?: number;

  @OptionalField(CURSOR_RULE)
  cursor?: string;
}
