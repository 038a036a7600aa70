import { OptionalField, textRule } from './field';

const LONGEST_NAME = 64;

export const ENDPOINT_RULE = textRule('The name of the account, where the application serves several.', LONGEST_NAME);

/** The parameters of `GET events/:stripeId` and `GET customers/:stripeId`. */
export class EndpointQuery {
  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}
