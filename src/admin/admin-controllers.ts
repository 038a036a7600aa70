import { Controller, UseFilters, UseGuards, VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { AdminExceptionFilter } from './admin-exception.filter';
import { createTokenGuard } from './admin-token.guard';
import type { AdminOptions } from './admin.options';
import { CrossSiteGuard } from './cross-site.guard';
import { StripeAdminCustomersController } from './customers.controller';
import { StripeAdminEventActionsController } from './event-actions.controller';
import { StripeAdminEventsController } from './events.controller';
import { ApiAdmin } from './openapi';
import { StripeAdminStatsController } from './stats.controller';

const CONTROLLERS = [
  StripeAdminEventsController,
  StripeAdminEventActionsController,
  StripeAdminCustomersController,
  StripeAdminStatsController,
];

/** The controllers of the administration, made anew for each registration. No route of them is without the guards. */
export function createAdminControllers(admin: AdminOptions): Type[] {
  const tokenGuard = createTokenGuard(admin);
  const guards = [tokenGuard, ...(admin.guard === undefined ? [] : [admin.guard]), CrossSiteGuard];
  return CONTROLLERS.map((Base) => {
    // A class of its own, since decorators would put this registration's path and guards on the shared one.
    const Mounted = { [Base.name]: class extends (Base as Type<object>) {} }[Base.name] as Type<object>;
    // Without versions, so that the application's versioning does not move the path.
    Controller({ path: `${trimSlashes(admin.path)}/${Base.path}`, version: VERSION_NEUTRAL })(Mounted);
    UseGuards(...guards)(Mounted);
    UseFilters(AdminExceptionFilter)(Mounted);
    ApiAdmin({ asksForToken: admin.token !== undefined || admin.guard === undefined })(Mounted);
    return Mounted;
  });
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
