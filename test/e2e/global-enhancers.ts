import {
  Catch,
  Injectable,
  SetMetadata,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, HttpAdapterHost, Reflector } from '@nestjs/core';
import { map, tap, type Observable } from 'rxjs';
import type { WebhookAppParts } from '../support/webhook-app';

/** Exempts a controller from {@link MembersOnly}. */
export const Public = (): ClassDecorator => SetMetadata('public', true);

/** Refuses everything that is not said to be public. */
export class MembersOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      new Reflector().getAllAndOverride<boolean | undefined>('public', [context.getHandler(), context.getClass()]) ??
      false
    );
  }
}

/** Refuses every value that is not a member of a decorated class. */
export class StrictPipe extends ValidationPipe {
  constructor() {
    super({ whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, transform: true });
  }
}

/** Wraps each answer, and relies on there being one. */
export class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<object>): Observable<unknown> {
    return next.handle().pipe(map((answer) => ({ data: answer, fields: Object.keys(answer) })));
  }
}

/** Fails when everything else is done. */
export class FailingAfterwards implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const fail = (): never => {
      throw new Error('too late');
    };
    return next.handle().pipe(tap(fail));
  }
}

/** Keeps what it sees of bodies, as an audit log does. */
export class BodyReading implements NestInterceptor {
  static readonly seen: unknown[] = [];

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body } = context.switchToHttp().getRequest<{ body: { id: string } }>();
    BodyReading.seen.push(body.id);
    return next.handle();
  }
}

/** Answers every error in its own form. */
@Catch()
@Injectable()
export class OwnErrors implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_error: unknown, context: ArgumentsHost): void {
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), { mine: true }, 418);
  }
}

/** What an application puts around all of its routes. */
export interface Enhancers {
  guard?: new () => CanActivate;
  pipe?: new () => StrictPipe;
  interceptor?: new () => NestInterceptor;
  filter?: typeof OwnErrors;
}

/** The two ways to do it. */
export const WAYS: [string, (enhancers: Enhancers) => Pick<WebhookAppParts, 'configure' | 'providers'>][] = [
  ['app.useGlobal…()', byCall],
  ['providers', byProvider],
];

function byCall({
  guard: Guard,
  pipe: Pipe,
  interceptor: Interceptor,
  filter: Filter,
}: Enhancers): Pick<WebhookAppParts, 'configure'> {
  return {
    configure: (app) => {
      if (Guard) app.useGlobalGuards(new Guard());
      if (Pipe) app.useGlobalPipes(new Pipe());
      if (Interceptor) app.useGlobalInterceptors(new Interceptor());
      if (Filter) app.useGlobalFilters(new Filter(app.get(HttpAdapterHost)));
    },
  };
}

function byProvider({ guard, pipe, interceptor, filter }: Enhancers): Pick<WebhookAppParts, 'providers'> {
  const provided: [string, (Provider & (new (...parts: never[]) => unknown)) | undefined][] = [
    [APP_GUARD, guard],
    [APP_PIPE, pipe],
    [APP_INTERCEPTOR, interceptor],
    [APP_FILTER, filter],
  ];
  return { providers: provided.flatMap(([provide, useClass]) => (useClass ? [{ provide, useClass }] : [])) };
}
