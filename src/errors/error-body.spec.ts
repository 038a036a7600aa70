import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  ForbiddenException,
  HttpException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { errorBody } from './error-body';
import { EventNotFoundError, InvalidRequestError, SchemaMissingError, StorageUnavailableError } from './index';

const INTERNAL = {
  statusCode: 500,
  code: 'STRIPE_EVENTS_INTERNAL',
  message: 'The request failed. The application log says why.',
};

describe('errorBody', () => {
  it('answers an error of the package with its own status, code and words', () => {
    expect(errorBody(new EventNotFoundError())).toEqual({
      statusCode: 404,
      code: 'STRIPE_EVENTS_EVENT_NOT_FOUND',
      message: 'No event is stored under this id.',
    });
    expect(errorBody(new InvalidRequestError(['limit must be 1', 'q must be a text'])).message).toBe(
      'The request cannot be answered: limit must be 1; q must be a text.',
    );
    expect(errorBody(new StorageUnavailableError('down', 5))).toMatchObject({
      statusCode: 503,
      code: 'STRIPE_EVENTS_STORAGE_UNAVAILABLE',
    });
  });

  it('names the code of what is configured wrongly, and says nothing of the configuration', () => {
    expect(errorBody(new SchemaMissingError('secret_table'))).toEqual({
      ...INTERNAL,
      code: 'STRIPE_EVENTS_SCHEMA_MISSING',
    });
  });

  it.each([
    [new UnauthorizedException('Who are you?'), 401, 'STRIPE_EVENTS_UNAUTHORIZED', 'Who are you?'],
    [new ForbiddenException('Not you.'), 403, 'STRIPE_EVENTS_UNAUTHORIZED', 'Not you.'],
    [new BadRequestException(['a', 'b']), 400, 'STRIPE_EVENTS_INVALID_REQUEST', 'a; b'],
    [new HttpException('Slow down', 429), 429, 'STRIPE_EVENTS_INVALID_REQUEST', 'Slow down'],
    [new HttpException({ why: 'x' }, 418), 418, 'STRIPE_EVENTS_INVALID_REQUEST', 'The request was refused.'],
  ])('keeps the status of a refusal of the application: %s', (error, statusCode, code, message) => {
    expect(errorBody(error)).toEqual({ statusCode, code, message });
  });

  it.each([
    new Error('password=1234'),
    new ServiceUnavailableException('the directory at 10.0.0.1'),
    'a text',
    null,
    undefined,
    7,
    { getStatus: 404 },
  ])('says nothing of anything else: %p', (error) => {
    expect(errorBody(error)).toEqual(INTERNAL);
  });
});
