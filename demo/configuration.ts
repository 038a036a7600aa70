import { randomBytes } from 'node:crypto';
import type { DataSourceOptions } from 'typeorm';
import { STRIPE_MIGRATIONS } from 'nestjs-stripe-events';
import { CreateDemoUsers1764000000001 } from './users/create-demo-users';

/** What the demo reads from its environment. */
export interface DemoConfiguration {
  readonly port: number;
  readonly host: string;
  readonly platform: 'express' | 'fastify';
  readonly database: DataSourceOptions;
  readonly apiKey: string;
  readonly apiBase: URL | null;
  readonly webhookSecrets: readonly string[];
  readonly madeUpSecret: boolean;
  readonly adminToken: string;
  readonly madeUpToken: boolean;
  readonly receives: boolean;
  readonly processes: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MADE_UP_SECRET = 'whsec_made_up_for_the_demo';

/** Reads the environment; an answer that cannot be used is an error that says which are. */
export function readConfiguration(env: Environment): DemoConfiguration {
  if (env.QUEUE_URL !== undefined) {
    throw new Error('QUEUE_URL is reserved for BullMQ, which this version does not have yet. Unset it.');
  }
  const role = oneOf(env.ROLE ?? 'all', ['all', 'web', 'worker'], 'ROLE');
  const secrets = (env.STRIPE_WEBHOOK_SECRET ?? MADE_UP_SECRET).split(',').map((secret) => secret.trim());
  return {
    port: Number(env.PORT ?? 3000),
    host: env.HOST ?? '127.0.0.1',
    platform: oneOf(env.HTTP_PLATFORM ?? 'express', ['express', 'fastify'], 'HTTP_PLATFORM'),
    database: databaseOf(env.DATABASE_URL ?? 'sqlite:./data/stripe-events.sqlite'),
    apiKey: env.STRIPE_SECRET_KEY ?? 'sk_test_made_up_for_the_demo',
    apiBase: env.STRIPE_API_BASE === undefined ? null : new URL(env.STRIPE_API_BASE),
    webhookSecrets: secrets,
    madeUpSecret: env.STRIPE_WEBHOOK_SECRET === undefined,
    adminToken: env.STRIPE_ADMIN_TOKEN ?? randomBytes(18).toString('base64url'),
    madeUpToken: env.STRIPE_ADMIN_TOKEN === undefined,
    receives: role !== 'worker',
    processes: role !== 'web',
  };
}

function oneOf<Value extends string>(value: string, allowed: readonly Value[], name: string): Value {
  const found = allowed.find((each) => each === value);
  if (found === undefined) {
    throw new Error(`${name} must be one of: ${allowed.join(', ')}.`);
  }
  return found;
}

function databaseOf(url: string): DataSourceOptions {
  const common = { migrations: [...STRIPE_MIGRATIONS, CreateDemoUsers1764000000001], migrationsRun: true };
  if (url.startsWith('sqlite:')) {
    return { ...common, type: 'better-sqlite3', database: url.slice('sqlite:'.length), enableWAL: true };
  }
  if (/^postgres(ql)?:/.test(url)) {
    return { ...common, type: 'postgres', url };
  }
  if (/^(mysql|mariadb):/.test(url)) {
    return { ...common, type: 'mysql', url: url.replace(/^mariadb:/, 'mysql:') };
  }
  throw new Error('DATABASE_URL must begin with sqlite:, postgres:// or mysql://.');
}
