import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { OptionalField, textRule, textsRule } from './field';

/** The body of `POST customers/sync`. */
@ApiSchema('StripeSyncCustomers')
export class SyncCustomersBody {
  @OptionalField(
    textsRule('Stripe’s ids of the customers; all where it is not given.', { most: 1_000, maxLength: 255 }),
  )
  ids?: string[];

  @OptionalField(textRule('The connected account whose customers they are; one’s own by default.'))
  account?: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}
