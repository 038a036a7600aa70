import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { InvalidRequestError } from '../errors';

/** Checks what administration requests bring; a parameter that is not known is refused, since it would be ignored. */
export function requestPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors: ValidationError[]) => new InvalidRequestError(errors.map(sentence)),
  });
}

function sentence({ property, constraints = {} }: ValidationError): string {
  if ('whitelistValidation' in constraints) {
    return 'a parameter is not known here';
  }
  return Object.values(constraints)[0] ?? `${property} cannot be used`;
}
