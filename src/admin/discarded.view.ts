import { ApiField, ApiSchema } from './openapi';

/** What a discard came to. */
@ApiSchema('StripeDiscarded')
export class DiscardedView {
  @ApiField({ type: 'integer', description: 'How many dead letters are ignored now.' })
  discarded!: number;
}
