import type { INestApplication } from '@nestjs/common';

/** The router of Express 5, as far as it is looked into here. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}
interface ExpressApp {
  readonly router: { readonly stack: readonly Layer[] };
}

/** `POST /stripe/webhook`, …: every route that the running application answers, as Express has it. */
export function realRoutes(app: INestApplication): string[] {
  const { router } = app.getHttpAdapter().getInstance() as ExpressApp;
  return router.stack.flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
  );
}
