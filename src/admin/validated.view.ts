import { ApiField, ApiSchema } from './openapi';

/** What a comparison with Stripe's copy came to. */
@ApiSchema('StripeValidated')
export class ValidatedView {
  @ApiField({ type: 'boolean', description: 'Whether Stripe has this event, and it says the same.' })
  valid!: boolean;
}
