import type { RemoteEndpoint } from './remote-endpoint';

/** How the signing secret of an endpoint is changed without losing a delivery. */
export interface StripeSecretRotation {
  /** The endpoint at Stripe, `we_…` or `ed_…`. */
  readonly endpointId: string;
  /** Where the secret is rolled: the API cannot. */
  readonly dashboardUrl: string;
  /** What to do, one after the other, in words. */
  readonly steps: readonly string[];
}

/** https://docs.stripe.com/webhooks#roll-endpoint-secrets. */
export function rotationOf({ id, livemode }: RemoteEndpoint): StripeSecretRotation {
  // Destinations are in the Workbench alone.
  const page = id.startsWith('ed_') ? 'workbench/webhooks' : 'webhooks';
  const dashboardUrl = `https://dashboard.stripe.com/${livemode ? '' : 'test/'}${page}/${id}`;
  return {
    endpointId: id,
    dashboardUrl,
    steps: [
      `Open ${dashboardUrl}, roll the secret, and let the old one expire in 24 hours: until then Stripe signs with both.`,
      'Deploy webhookSecret as a list of the new secret and the old one.',
      'When the old one has expired, deploy the new one alone.',
    ],
  };
}
