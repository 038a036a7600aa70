import type { AccountSettings } from './stripe.accounts';
import type { OptionCheck } from './stripe.option-check';
import type { StripeModuleStructure } from './stripe.options';

/** A path that deliveries come to. */
export interface WebhookPath {
  /** Without slashes at its ends. */
  readonly path: string;
  /** The account whose secrets count here; undefined where the secret that verifies says which account it is. */
  readonly endpoint: string | undefined;
}

export const DEFAULT_WEBHOOK_PATH = 'stripe/webhook';

const PATH = /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/;

/** Where deliveries come in. Takes options that nobody has checked yet: controllers are made before they can be. */
export function webhookPathsOf({ webhookPath = DEFAULT_WEBHOOK_PATH }: StripeModuleStructure): WebhookPath[] {
  if (webhookPath === false) {
    return [];
  }
  return typeof webhookPath === 'string'
    ? [{ path: trimSlashes(webhookPath), endpoint: undefined }]
    : Object.entries(webhookPath).map(([endpoint, path]) => ({ path: trimSlashes(path), endpoint }));
}

/** Lets through paths that lead to one place each; with paths of their own, every account needs one. */
export function checkWebhookPaths(
  structure: StripeModuleStructure,
  accounts: readonly AccountSettings[],
  check: OptionCheck,
): void {
  const paths = webhookPathsOf(structure);
  for (const { path, endpoint } of paths) {
    check.holds(
      PATH.test(path),
      `${labelOf(endpoint)} must be made of letters, digits, "._~-" and slashes, without parameters`,
    );
  }
  if (typeof structure.webhookPath === 'object') {
    checkOwnPaths(paths, accounts.map(({ name }) => name), check); // prettier-ignore
  }
}

function checkOwnPaths(paths: readonly WebhookPath[], names: readonly string[], check: OptionCheck): void {
  const owners = new Map<string, string>();
  for (const { path, endpoint = '' } of paths) {
    check.holds(names.includes(endpoint), `${labelOf(endpoint)} is for no account; there is: ${names.join(', ')}`);
    // Express takes upper and lower case for the same.
    const owner = owners.get(path.toLowerCase()) ?? endpoint;
    check.holds(owner === endpoint, `${labelOf(owner)} and ${labelOf(endpoint)} must not be the same path`);
    owners.set(path.toLowerCase(), owner);
  }
  for (const name of names.filter((each) => !paths.some(({ endpoint }) => endpoint === each))) {
    check.holds(false, `${labelOf(name)} is missing: give each account its path, or all of them one, as a text`);
  }
}

function labelOf(endpoint: string | undefined): string {
  return endpoint === undefined ? 'webhookPath' : `webhookPath.${endpoint}`;
}

/** A path without slashes at its ends. */
export function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
