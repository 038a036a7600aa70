import type { EndpointChanges } from './endpoint-api';
import type { StripeEndpointDrift, WantedEndpoint } from './endpoint-drift';
import { markOf, metadataOf, type RemoteEndpoint } from './remote-endpoint';
import { sorted } from './wanted-types';

/** What has to be sent; null when nothing has. */
export function changesOf(
  { declaration, types }: WantedEndpoint,
  { drift, found, keepExtraTypes }: { drift: StripeEndpointDrift; found: RemoteEndpoint; keepExtraTypes: boolean },
): EndpointChanges | null {
  const kept = keepExtraTypes ? drift.extraTypes : [];
  const coversAll = kept.includes('*');
  const enabled = coversAll ? ['*'] : sorted([...types, ...kept]);
  const isEnabled = coversAll || enabled.join() === sorted(found.enabled_events).join();
  const { description, name = 'default' } = declaration;
  const changes: EndpointChanges = {
    ...(isEnabled ? {} : { enabled_events: enabled }),
    ...(drift.url === null ? {} : { url: declaration.url }),
    ...(drift.description === null || description === undefined ? {} : { description }),
    ...(drift.disabled ? { disabled: false as const } : {}),
    ...(markOf(found).name === name ? {} : { metadata: metadataOf({ name }) }),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}
