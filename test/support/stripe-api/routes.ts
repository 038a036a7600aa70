import { customerRoutes } from './resources/customers';
import { eventDestinationRoutes } from './resources/event-destinations';
import { eventRoutes } from './resources/events';
import { objectRoutes } from './resources/objects';
import { thinEventRoutes } from './resources/thin-events';
import { webhookEndpointRoutes } from './resources/webhook-endpoints';
import type { Route } from './route';

/** Everything the stand-in can do: one file for each resource, the paths of any object last. */
export const ROUTES: readonly Route[] = [
  ...customerRoutes,
  ...eventRoutes,
  ...thinEventRoutes,
  ...eventDestinationRoutes,
  ...webhookEndpointRoutes,
  ...objectRoutes,
];
