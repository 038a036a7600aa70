import type { EventDetail } from '../api/types';
import { customerHref } from '../state/accounts';
import { hrefTo } from '../state/route';
import { Card, CopyButton, Facts, Text, Time } from '../ui/basics';

/** What is known of an event beside its body. */
export function EventFacts({ event }: { readonly event: EventDetail }) {
  const { endpoint, customer, objectId, objectType, account, apiVersion, request, pendingWebhooks, source } = event;
  const { id: requestId = null, idempotency_key: key = null } = (request ?? {}) as Record<string, string | null>;
  return (
    <Card title="Details">
      <Facts
        of={[
          [
            'Customer',
            customer && <Id of={customer} href={customerHref({ stripeId: customer, endpoint })} what="customer's id" />,
          ],
          [
            'Object',
            objectId && <Id of={objectId} href={hrefTo(['events'], { object: objectId })} what="object's id" />,
          ],
          ['Object type', objectType && <Text of={objectType} />],
          [
            'Connected account',
            account && <Id of={account} href={hrefTo(['events'], { account })} what="account's id" />,
          ],
          ['API version', apiVersion && <Text of={apiVersion} />],
          ['Came by', source],
          ['Created', <Time at={event.createdAt} />],
          ['Received', <Time at={event.receivedAt} />],
          ['API request', requestId && <Text of={requestId} mono />],
          ['Idempotency key', key && <Text of={key} mono />],
          ['Webhooks pending', String(pendingWebhooks)],
        ]}
      />
    </Card>
  );
}

function Id({ of, href, what }: { readonly of: string; readonly href: string; readonly what: string }) {
  return (
    <span class="id">
      <a href={href}>
        <Text of={of} mono />
      </a>
      <CopyButton text={of} what={what} />
    </span>
  );
}
