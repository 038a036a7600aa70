import { applyDecorators, Controller, Header, UseFilters, UseGuards, UsePipes, VERSION_NEUTRAL } from '@nestjs/common';
import { AdminExceptionFilter } from './admin-exception.filter';
import { createTokenGuard } from './admin-token.guard';
import type { AdminOptions } from './admin.options';
import { requestPipe } from './request.pipe';

/** A controller below the administration's path. Guarded as a whole, so that a route cannot be left open. */
export function AdminController(admin: AdminOptions, below: string): ClassDecorator {
  const { path, guard } = admin;
  return applyDecorators(
    Controller({ path: `${path.replace(/^\/+|\/+$/g, '')}/${below}`, version: VERSION_NEUTRAL }),
    UseGuards(guard ?? createTokenGuard(admin)),
    UsePipes(requestPipe()),
    UseFilters(AdminExceptionFilter),
  );
}

/** What every answer of the administration says of itself: it is not to be kept, and is what it says it is. */
export function AdminAnswer(): MethodDecorator {
  return applyDecorators(Header('Cache-Control', 'no-store'), Header('X-Content-Type-Options', 'nosniff'));
}
