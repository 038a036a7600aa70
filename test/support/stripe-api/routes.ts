import { customerRoutes } from './resources/customers';
import { eventRoutes } from './resources/events';
import { objectRoutes } from './resources/objects';
import { webhookEndpointRoutes } from './resources/webhook-endpoints';
import type { Route } from './route';

/** Everything the stand-in can do: one file for each resource, the paths of any object last. */
export const ROUTES: readonly Route[] = [...customerRoutes, ...eventRoutes, ...webhookEndpointRoutes, ...objectRoutes];
