import { ApiField, ApiSchema } from './openapi';

/** A run that was started. */
@ApiSchema('StripeStartedRun')
export class StartedRunView {
  @ApiField({ type: 'string', description: 'The run’s id.' })
  run!: string;
}
