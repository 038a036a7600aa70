// Loads the entry points that need optional peers, and lets a watched application receive an event.
require('reflect-metadata');
const assert = require('node:assert/strict');
const { Module } = require('@nestjs/common');
const { TerminusModule } = require('@nestjs/terminus');
const { StripeOpenTelemetryModule } = require('nestjs-stripe-events/opentelemetry');
const { StripePrometheusModule } = require('nestjs-stripe-events/prometheus');
const { StripeHealthIndicator } = require('nestjs-stripe-events/terminus');
const { receiveOne } = require('./receive-one.cjs');

class Watched {}
Module({
  imports: [TerminusModule, StripeOpenTelemetryModule.forRoot(), StripePrometheusModule.forRoot({ token: 'packed' })],
  providers: [StripeHealthIndicator],
})(Watched);

receiveOne({
  common: require('@nestjs/common'),
  core: require('@nestjs/core'),
  typeorm: require('@nestjs/typeorm'),
  Stripe: require('stripe'),
  events: require('nestjs-stripe-events'),
  imports: [Watched],
  async look(app, url) {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer packed' } });
    assert.match(await answer.text(), /stripe_events_deliveries_total\{stripe_delivery_outcome="duplicate"/);
    const { stripe } = await app.get(StripeHealthIndicator, { strict: false }).isHealthy('stripe');
    assert.equal(stripe.status, 'up');
  },
});
