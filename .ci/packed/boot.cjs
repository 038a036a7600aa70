require('reflect-metadata');
const { receiveOne } = require('./receive-one.cjs');

receiveOne({
  common: require('@nestjs/common'),
  core: require('@nestjs/core'),
  typeorm: require('@nestjs/typeorm'),
  Stripe: require('stripe'),
  events: require('nestjs-stripe-events'),
});
