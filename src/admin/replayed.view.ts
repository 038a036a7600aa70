import { ApiField, ApiSchema } from './openapi';

/** What a replay came to. */
@ApiSchema('StripeReplayed')
export class ReplayedView {
  @ApiField({ type: 'integer', description: 'How many events are due again.' })
  replayed!: number;
}
