import type { StripeEndpointDeclaration } from './endpoint-declaration';
import { isSameUrl } from './endpoint-declaration';
import { isOwned, markOf, type RemoteEndpoint } from './remote-endpoint';
import { sorted, type WantedTypes } from './wanted-types';

/** What is at Stripe, and what should be. */
export interface StripeEndpointDifference {
  /** What is there. */
  readonly is: string | null;
  /** What is declared. */
  readonly wanted: string | null;
}

/** How the endpoint at Stripe differs from the one that is declared. */
export interface StripeEndpointDrift {
  /** What `apply()` would do. */
  readonly action: 'create' | 'update' | 'none';
  /** The endpoint at Stripe, `we_…` or `ed_…`; null when there is none. */
  readonly endpointId: string | null;
  /** Whether the endpoint carries this module's mark. One that does not is left alone unless it is named. */
  readonly owned: boolean;
  /** What the endpoint should be given: the types that have handlers, and those that were asked for. */
  readonly wantedTypes: readonly string[];
  /** Types that should be enabled and are not. */
  readonly missingTypes: readonly string[];
  /** Types that are enabled and should not be. */
  readonly extraTypes: readonly string[];
  /** Null when the address is right. */
  readonly url: StripeEndpointDifference | null;
  /** Null when the description is right, or none is declared. */
  readonly description: StripeEndpointDifference | null;
  /** Whether Stripe sends nothing, although the endpoint is there. */
  readonly disabled: boolean;
  /** Null when the version is right. It cannot be changed: such an endpoint has to be replaced. */
  readonly apiVersion: StripeEndpointDifference | null;
  /** Null when it is right whose events are sent. It cannot be changed: such an endpoint has to be replaced. */
  readonly connect: StripeEndpointDifference | null;
  /** What handlers ask for that no webhook endpoint delivers: thin events need an event destination. */
  readonly thinTypes: readonly string[];
  /** Families of types that no known type belongs to. */
  readonly unknownFamilies: readonly string[];
}

/** A declaration with nothing left open. */
export interface WantedEndpoint extends WantedTypes {
  readonly declaration: StripeEndpointDeclaration;
  readonly apiVersion: string | null;
}

/** Compares the endpoint that is there, if any, with the one that is wanted. */
export function driftOf(wanted: WantedEndpoint, found: RemoteEndpoint | null): StripeEndpointDrift {
  const { declaration, types, thinTypes, unknownFamilies } = wanted;
  const enabled = sorted(found?.enabled_events ?? []);
  const differences = {
    missingTypes: types.filter((type) => !enabled.includes(type)),
    extraTypes: enabled.filter((type) => !types.includes(type)),
    url: found !== null && !isSameUrl(found.url, declaration.url) ? { is: found.url, wanted: declaration.url } : null,
    description: descriptionOf(declaration, found),
    disabled: found?.status === 'disabled',
  };
  const owned = found !== null && isOwned(found);
  return {
    action: found === null ? 'create' : owned && !isDifferent(differences) ? 'none' : 'update',
    endpointId: found?.id ?? null,
    owned,
    wantedTypes: types,
    ...differences,
    ...unchangeable(wanted, found),
    ...{ thinTypes, unknownFamilies },
  };
}

function descriptionOf(
  { description }: StripeEndpointDeclaration,
  found: RemoteEndpoint | null,
): StripeEndpointDifference | null {
  const is = found?.description ?? null;
  return found === null || description === undefined || description === (is ?? '') ? null : { is, wanted: description };
}

function isDifferent(
  drift: Pick<StripeEndpointDrift, 'missingTypes' | 'extraTypes' | 'url' | 'description' | 'disabled'>,
): boolean {
  const { missingTypes, extraTypes, url, description, disabled } = drift;
  return missingTypes.length + extraTypes.length > 0 || url !== null || description !== null || disabled;
}

/** https://docs.stripe.com/api/webhook_endpoints/update changes neither of them. */
function unchangeable(
  { declaration: { connect = false }, apiVersion }: WantedEndpoint,
  found: RemoteEndpoint | null,
): Pick<StripeEndpointDrift, 'apiVersion' | 'connect'> {
  // Stripe does not say which of the two an endpoint is; the mark does.
  const isConnect = found === null ? undefined : markOf(found).connect;
  return {
    apiVersion:
      found === null || found.api_version === apiVersion ? null : { is: found.api_version, wanted: apiVersion },
    connect:
      isConnect === undefined || isConnect === connect ? null : { is: String(isConnect), wanted: String(connect) },
  };
}
