import { describe, expect, it } from '@jest/globals';
import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { UnauthorizedError } from '../errors';
import { createTokenGuard } from './admin-token.guard';

type TokenGuard = Type<CanActivate>;

function asks(guard: CanActivate, authorization?: string): unknown {
  const request = { method: 'GET', headers: { authorization } };
  const context = { switchToHttp: () => ({ getRequest: () => request }) };
  return guard.canActivate(context as unknown as ExecutionContext);
}

const guardOf = (Guard: TokenGuard, runtimeToken?: string): CanActivate => new Guard(runtimeToken);

describe('the guard of the token', () => {
  const guard = guardOf(createTokenGuard({ path: 'admin', token: 'correct horse' }));

  it.each(['Bearer correct horse', 'bearer correct horse', 'BEARER   correct horse'])('lets in %j', (authorization) => {
    expect(asks(guard, authorization)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer correct',
    'Bearer correct horse!',
    'Bearer Correct horse',
    'correct horse',
  ])('keeps out %j', (authorization) => {
    expect(() => asks(guard, authorization)).toThrow(UnauthorizedError);
  });

  it('takes the token that is known at run time, where none was given before', () => {
    expect(asks(guardOf(createTokenGuard({ path: 'admin' }), 'later'), 'Bearer later')).toBe(true);
    expect(() => asks(guardOf(createTokenGuard({ path: 'admin', token: 'now' }), 'later'), 'Bearer later')).toThrow(
      UnauthorizedError,
    );
  });

  it.each([undefined, '', ' '])('lets nobody in where the token turns out to be %j', (token) => {
    for (const authorization of [undefined, 'Bearer ', 'Bearer  ', 'Bearer undefined']) {
      expect(() => asks(guardOf(createTokenGuard({ path: 'admin' }), token), authorization)).toThrow(UnauthorizedError);
    }
  });

  it('leaves it to the guard of the application, where that is all there is', () => {
    expect(asks(guardOf(createTokenGuard({ path: 'admin', guard: guardOf(createTokenGuard({ path: 'a' })) })))).toBe(
      true,
    );
  });
});
