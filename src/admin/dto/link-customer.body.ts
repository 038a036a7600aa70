import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { OptionalField, RequiredField, textRule } from './field';

/** The body of `POST events/:stripeId/customer`. */
@ApiSchema('StripeLinkCustomer')
export class LinkCustomerBody {
  @RequiredField(textRule('Stripe’s id of the customer, `cus_…`; one that is not known yet becomes known by its id.'))
  customer!: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}
