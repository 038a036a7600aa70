import { isOwnerId } from '../../customers';
import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { booleanRule, OptionalField, RequiredField, textRule } from './field';

const OWNER_RULE = {
  ...textRule('The id of the application’s own user.'),
  expected: 'a text of 1 to 255 characters, without control characters or blanks at its ends',
  accepts: isOwnerId,
};

/** The body of `POST customers/:stripeId/owner`. */
@ApiSchema('StripeLinkOwner')
export class LinkOwnerBody {
  @RequiredField(OWNER_RULE)
  owner!: string;

  @OptionalField(booleanRule('Whether the customer’s events are handled again that were handled before.'))
  replay?: boolean;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}
