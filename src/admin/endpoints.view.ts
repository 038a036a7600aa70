import type { WatchedAccount, WatchedEndpoint } from '../endpoints';
import { moment } from './moment';
import { ApiField, ApiSchema } from './openapi';

/** An API version, and the one that is wanted. */
@ApiSchema('StripeVersionDifference')
export class VersionDifferenceView {
  @ApiField({ type: 'string', nullable: true, description: 'Null for the account’s default.' })
  is!: string | null;

  @ApiField({ type: 'string', nullable: true })
  wanted!: string | null;
}

/** A webhook endpoint at Stripe that leads here, or a destination of thin events. */
@ApiSchema('StripeWatchedEndpoint')
export class WatchedEndpointView {
  @ApiField({ type: 'string' })
  id!: string;

  @ApiField({ type: 'string' })
  url!: string;

  @ApiField({ type: 'boolean', description: 'Whether this module looks after it.' })
  owned!: boolean;

  @ApiField({ type: 'boolean', description: 'Whether Stripe sends nothing to it.' })
  disabled!: boolean;

  @ApiField({ type: 'string', isArray: true, nullable: true, description: 'Types with handlers that are not sent.' })
  missingTypes!: readonly string[] | null;

  @ApiField({ type: 'string', isArray: true, nullable: true, description: 'Types without handlers that are sent.' })
  extraTypes!: readonly string[] | null;

  @ApiField({ type: () => VersionDifferenceView, nullable: true, description: 'Null where the version is right.' })
  apiVersion!: VersionDifferenceView | null;
}

/** The webhook endpoints of an account. */
@ApiSchema('StripeWatchedAccount')
export class WatchedAccountView {
  @ApiField({ type: 'string', description: 'The account of one’s own, by its name.' })
  endpoint!: string;

  @ApiField({ type: 'string', format: 'date-time', description: 'When Stripe was asked.' })
  checkedAt!: string | null;

  @ApiField({ type: 'string', nullable: true, description: 'Why Stripe did not say, or not all.' })
  problem!: string | null;

  @ApiField({ type: () => WatchedEndpointView, isArray: true })
  found!: WatchedEndpointView[];
}

/** The webhook endpoints of all accounts that Stripe can be asked about. */
@ApiSchema('StripeWatchedEndpoints')
export class WatchedEndpointsView {
  @ApiField({ type: () => WatchedAccountView, isArray: true })
  data!: WatchedAccountView[];
}

/** What is shown of the endpoints. */
export function watchedEndpointsView(accounts: readonly WatchedAccount[]): WatchedEndpointsView {
  return {
    data: accounts.map(({ endpoint, checkedAt, problem, found }) => {
      return { endpoint, checkedAt: moment(checkedAt), problem, found: found.map(endpointView) };
    }),
  };
}

function endpointView({ id, url, owned, disabled, missingTypes, extraTypes, apiVersion }: WatchedEndpoint) {
  return { id, url, owned, disabled, missingTypes, extraTypes, apiVersion };
}
