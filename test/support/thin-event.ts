import { testId } from 'nestjs-stripe-events/testing';

/** What can be said of a thin event that is made up; null where Stripe writes nothing. */
export interface ThinEventParts {
  readonly type?: string;
  readonly related?: { readonly id?: string; readonly type: string; readonly url: string } | null;
  readonly snapshotEvent?: string;
  readonly context?: string | null;
  readonly livemode?: boolean;
  /** @default now */
  readonly created?: Date;
}

/** A thin event as Stripe delivers it (https://docs.stripe.com/api/v2/core/events/object), with an id of its own. */
export function thinEvent(
  parts: ThinEventParts = {},
): Record<string, unknown> & { readonly id: string; readonly created: string } {
  const {
    type = 'v1.customer.created',
    related = null,
    context = null,
    livemode = false,
    snapshotEvent,
    created,
  } = parts;
  return {
    id: testId('evt_test'),
    object: 'v2.core.event',
    type,
    created: (created ?? new Date()).toISOString(),
    livemode,
    context,
    reason: null,
    related_object: related,
    ...(snapshotEvent === undefined ? {} : { snapshot_event: snapshotEvent }),
  };
}
