import { randomBytes } from 'node:crypto';
import { DEFAULT_DATABASE_URL } from './database';

/** What the application reads from its environment. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly platform: 'express' | 'fastify';
  readonly role: 'all' | 'web' | 'worker';
  readonly databaseUrl: string;
  readonly secretKey: string;
  readonly apiBase: URL | null;
  readonly webhookSecrets: readonly string[];
  readonly adminToken: string;
  /** The variables whose values were made up, since they are not set. */
  readonly madeUp: ReadonlySet<string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Known to everybody who reads this: only for trying things out. */
const MADE_UP = {
  STRIPE_SECRET_KEY: 'sk_test_made_up_for_the_demo',
  STRIPE_WEBHOOK_SECRET: 'whsec_made_up_for_the_demo',
};

/** Reads the environment; a value that cannot be used is an error that says which can. */
export function readConfiguration(env: Environment): Configuration {
  if (set(env.QUEUE_URL)) {
    throw new Error('QUEUE_URL is reserved for BullMQ, which this version does not have yet. Unset it.');
  }
  const madeUp = new Set<string>();
  const secret = (name: string, otherwise: string): string => {
    const value = env[name];
    if (value === undefined) madeUp.add(name);
    // A variable that a deployment forgot to fill must not open the door to a secret that is public.
    if (value?.trim() === '') throw new Error(`${name} is blank. Give it a value, or unset it.`);
    return value ?? otherwise;
  };
  return {
    host: set(env.HOST) ?? '127.0.0.1',
    port: portOf(set(env.PORT) ?? '3000'),
    platform: oneOf(['express', 'fastify'], set(env.HTTP_PLATFORM) ?? 'express', 'HTTP_PLATFORM'),
    role: oneOf(['all', 'web', 'worker'], set(env.ROLE) ?? 'all', 'ROLE'),
    databaseUrl: set(env.DATABASE_URL) ?? DEFAULT_DATABASE_URL,
    secretKey: secret('STRIPE_SECRET_KEY', MADE_UP.STRIPE_SECRET_KEY),
    apiBase: apiBaseOf(set(env.STRIPE_API_BASE)),
    webhookSecrets: listOf(secret('STRIPE_WEBHOOK_SECRET', MADE_UP.STRIPE_WEBHOOK_SECRET)),
    adminToken: secret('STRIPE_ADMIN_TOKEN', randomBytes(18).toString('base64url')),
    madeUp,
  };
}

/** A blank value, as `docker compose` hands on what is not set, is none. */
function set(value: string | undefined): string | undefined {
  return value?.trim() === '' ? undefined : value?.trim();
}

function oneOf<Value extends string>(allowed: readonly Value[], value: string, name: string): Value {
  const found = allowed.find((each) => each === value);
  if (found === undefined) {
    throw new Error(`${name} must be one of ${allowed.join(', ')}, not "${value}".`);
  }
  return found;
}

function portOf(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(`PORT must be a whole number from 0 (any free port) to 65535, not "${value}".`);
  }
  return port;
}

function apiBaseOf(value: string | undefined): URL | null {
  if (value === undefined) {
    return null;
  }
  const base = URL.canParse(value) ? new URL(value) : null;
  if (base === null || !/^https?:$/.test(base.protocol) || base.pathname !== '/') {
    throw new Error('STRIPE_API_BASE must be http://host:port or https://host:port, without a path.');
  }
  return base;
}

function listOf(value: string): readonly string[] {
  const list = value.split(',').map((secret) => secret.trim());
  if (list.includes('')) {
    throw new Error('STRIPE_WEBHOOK_SECRET has an empty place between its commas.');
  }
  return list;
}
