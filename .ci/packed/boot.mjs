import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as typeorm from '@nestjs/typeorm';
import Stripe from 'stripe';
import * as events from 'nestjs-stripe-events';
import receiver from './receive-one.cjs';

await receiver.receiveOne({ common, core, typeorm, Stripe, events });
