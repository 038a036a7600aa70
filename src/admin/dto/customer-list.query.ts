import type { CustomerListFilter } from '../../customers';
import { ENDPOINT_RULE } from './endpoint.query';
import { booleanRule, OptionalField, textRule } from './field';
import { CURSOR_RULE, LIMIT_RULE } from './paging.fields';

const LONGEST_EMAIL = 512;

/** The parameters of `GET customers`. */
export class CustomerListQuery implements CustomerListFilter {
  @OptionalField(textRule('The whole e-mail address.', LONGEST_EMAIL))
  email?: string;

  @OptionalField(textRule('The id of the application’s own user.'))
  owner?: string;

  @OptionalField(booleanRule('Whether real money is concerned.'))
  livemode?: boolean;

  @OptionalField(booleanRule('Whether the customer was deleted at Stripe.'))
  deleted?: boolean;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;

  @OptionalField(textRule('The beginning of a customer’s id, e-mail address or name.'))
  q?: string;

  @OptionalField(LIMIT_RULE)
  limit?: number;

  @OptionalField(CURSOR_RULE)
  cursor?: string;
}
