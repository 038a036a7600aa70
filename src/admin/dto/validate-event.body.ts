import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { OptionalField } from './field';

/** The body of `POST events/:stripeId/validate`. */
@ApiSchema('StripeValidateEvent')
export class ValidateEventBody {
  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}
