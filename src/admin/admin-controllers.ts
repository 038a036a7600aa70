import { Controller, UseFilters, UseGuards, VERSION_NEUTRAL, type CanActivate, type Type } from '@nestjs/common';
import { StripeAdminAboutController } from './about.controller';
import { AdminExceptionFilter } from './admin-exception.filter';
import { createTokenGuard } from './admin-token.guard';
import type { AdminOptions } from './admin.options';
import { API_CONTROLLERS } from './api-controllers';
import { CrossSiteGuard } from './cross-site.guard';
import { StripeAdminDashboardController } from './dashboard';
import { ApiAdmin } from './openapi';
import { ReadOnlyGuard } from './read-only.guard';

interface Mountable {
  readonly name: string;
  readonly path: string;
}

/**
 * The controllers of the administration, made anew for each registration. No route of them is without the guards, but
 * for the page's own files, which hold no data; they come last, since they take every name that is left.
 */
export function createAdminControllers(admin: AdminOptions): Type[] {
  const ownGuards = admin.guard === undefined ? [] : [admin.guard];
  const guards = [createTokenGuard(admin), ...ownGuards, CrossSiteGuard, ReadOnlyGuard];
  const asksForToken = admin.token !== undefined || admin.guard === undefined;
  const api = [...API_CONTROLLERS, StripeAdminAboutController].map((Base) => {
    const Mounted = mount(Base, admin, guards);
    ApiAdmin({ asksForToken })(Mounted);
    return Mounted;
  });
  return [...api, mount(StripeAdminDashboardController, admin, [])];
}

/** A class of its own, since decorators would put this registration's path and guards on the shared one. */
function mount(Base: Mountable, { path }: AdminOptions, guards: readonly (Type<CanActivate> | CanActivate)[]): Type {
  const Mounted = { [Base.name]: class extends (Base as unknown as Type<object>) {} }[Base.name] as Type<object>;
  // Without versions, so that the application's versioning does not move the path.
  Controller({ path: `${trimSlashes(path)}/${Base.path}`, version: VERSION_NEUTRAL })(Mounted);
  UseGuards(...guards)(Mounted);
  UseFilters(AdminExceptionFilter)(Mounted);
  return Mounted;
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
