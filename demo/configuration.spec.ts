import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './configuration';

describe('the configuration of the application', () => {
  it('has a default for everything, and says which values were made up', () => {
    const { adminToken, madeUp, ...rest } = readConfiguration({});

    expect(rest).toEqual({
      host: '127.0.0.1',
      port: 3000,
      platform: 'express',
      role: 'all',
      databaseUrl: 'sqlite:./data/stripe-events.sqlite',
      secretKey: 'sk_test_made_up_for_the_demo',
      apiBase: null,
      webhookSecrets: ['whsec_made_up_for_the_demo'],
    });
    expect(adminToken).toMatch(/^[\w-]{24}$/);
    expect(readConfiguration({}).adminToken).not.toBe(adminToken);
    expect([...madeUp]).toEqual(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_ADMIN_TOKEN']);
  });

  it('takes what is set', () => {
    const { madeUp, ...rest } = readConfiguration({
      HOST: '0.0.0.0',
      PORT: '0',
      HTTP_PLATFORM: 'fastify',
      ROLE: 'worker',
      DATABASE_URL: 'sqlite::memory:',
      STRIPE_SECRET_KEY: 'sk_given',
      STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old',
      STRIPE_ADMIN_TOKEN: 'given',
      STRIPE_API_BASE: 'http://127.0.0.1:8420',
    });

    expect(rest).toEqual({
      host: '0.0.0.0',
      port: 0,
      platform: 'fastify',
      role: 'worker',
      databaseUrl: 'sqlite::memory:',
      secretKey: 'sk_given',
      apiBase: new URL('http://127.0.0.1:8420'),
      webhookSecrets: ['whsec_new', 'whsec_old'],
      adminToken: 'given',
    });
    expect(madeUp.size).toBe(0);
  });

  it('takes a blank variable for one that is not set, unless it is a secret', () => {
    expect(readConfiguration({ PORT: '', ROLE: ' ', DATABASE_URL: '', QUEUE_URL: '', STRIPE_API_BASE: '' }).port).toBe(
      3000,
    );
    for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_ADMIN_TOKEN']) {
      expect(() => readConfiguration({ [name]: ' ' })).toThrow(`${name} is blank. Give it a value, or unset it.`);
    }
  });

  it.each([
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 (any free port) to 65535, not "70000".'],
    [{ PORT: '-1' }, 'not "-1".'],
    [{ PORT: '3000.5' }, 'not "3000.5".'],
    [{ ROLE: 'boss' }, 'ROLE must be one of all, web, worker, not "boss".'],
    [{ HTTP_PLATFORM: 'koa' }, 'HTTP_PLATFORM must be one of express, fastify, not "koa".'],
    [{ QUEUE_URL: 'redis://127.0.0.1' }, 'QUEUE_URL is reserved for BullMQ'],
    [{ STRIPE_API_BASE: 'localhost:8420' }, 'STRIPE_API_BASE must be http://host:port or https://host:port'],
    [{ STRIPE_API_BASE: 'http://127.0.0.1:8420/v1' }, 'without a path'],
    [{ STRIPE_WEBHOOK_SECRET: 'whsec_a,,whsec_b' }, 'STRIPE_WEBHOOK_SECRET has an empty place between its commas.'],
  ])('refuses %j with a sentence', (env, sentence) => {
    expect(() => readConfiguration(env as Record<string, string>)).toThrow(sentence);
  });
});
