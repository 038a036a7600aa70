import { ApiSchema } from '../openapi';
import { OptionalField, textsRule } from './field';

/** The body of `POST customers/sync`. */
@ApiSchema('StripeSyncCustomers')
export class SyncCustomersBody {
  @OptionalField(
    textsRule('Stripe’s ids of the customers; all where it is not given.', { most: 1_000, maxLength: 255 }),
  )
  ids?: string[];
}
