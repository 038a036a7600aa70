import { RequestMethod, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { StripeAdminCatchUpController } from './catch-up.controller';
import { StripeAdminCustomerActionsController } from './customer-actions.controller';
import { StripeAdminCustomersController } from './customers.controller';
import { StripeAdminEndpointsController } from './endpoints.controller';
import { StripeAdminEventActionsController } from './event-actions.controller';
import { StripeAdminEventValidationController } from './event-validation.controller';
import { StripeAdminEventsController } from './events.controller';
import { StripeAdminStatsController } from './stats.controller';
import { StripeAdminSyncRunsController } from './sync-runs.controller';

/** What the administration answers about events and customers. */
export const API_CONTROLLERS = [
  StripeAdminEventsController,
  StripeAdminEventActionsController,
  StripeAdminEventValidationController,
  StripeAdminCustomersController,
  StripeAdminCustomerActionsController,
  StripeAdminStatsController,
  StripeAdminCatchUpController,
  StripeAdminSyncRunsController,
  StripeAdminEndpointsController,
];

/** The paths of the requests that change something, below the administration's: `events/:stripeId/replay`. */
export function actionsOf(controllers: readonly (Type<object> & { readonly path: string })[]): string[] {
  const paths = controllers.flatMap(({ path, prototype }) =>
    methodsOf(prototype as object)
      .filter((method) => ![undefined, RequestMethod.GET].includes(methodOf(method)))
      .map((method) => `${path}/${String(Reflect.getMetadata('path', method))}`),
  );
  return [...new Set(paths)];
}

function methodOf(method: object): RequestMethod | undefined {
  return Reflect.getMetadata('method', method) as RequestMethod | undefined;
}

function methodsOf(prototype: object): object[] {
  const methods = prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => methods[name] ?? []);
}
