import type { StripeCatchUpRequest } from '../../sync';
import { SYNC_RUN_KINDS, type SyncRunFilter, type SyncRunKind } from '../../sync-runs';
import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { booleanRule, choiceRule, momentRule, OptionalField, textRule } from './field';
import { LIMIT_RULE } from './paging.fields';

/** The parameters of `GET runs`. */
export class SyncRunListQuery implements SyncRunFilter {
  @OptionalField(choiceRule('What is fetched.', SYNC_RUN_KINDS))
  kind?: SyncRunKind;

  @OptionalField(LIMIT_RULE)
  limit?: number;
}

/** The body of `POST events/catch-up`. */
@ApiSchema('StripeCatchUp')
export class CatchUpBody implements StripeCatchUpRequest {
  @OptionalField(
    momentRule('From when on to list events, by Stripe’s time; a little before where the last one ended by default.'),
  )
  since?: Date;

  @OptionalField(textRule('The connected account to list the events of; one’s own by default.'))
  account?: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;

  @OptionalField(booleanRule('Whether thin events are fetched instead of snapshot events; false by default.'))
  thin?: boolean;
}
