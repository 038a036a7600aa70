import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { InvalidRequestError } from '../../errors';

const MOST_PROBLEMS = 20;
const LONGEST_NAME = 64;

/**
 * Reads query parameters or a body into a class, and refuses what the class does not know.
 *
 * Bound to the parameter, with its own class: Nest's ValidationPipe would be configured by whichever of its instances
 * the application made last, and a global one would read the parameter first, by the application's rules.
 *
 * @throws {InvalidRequestError} naming each field and what is expected of it, never its value
 */
export class DtoPipe<Dto extends object> implements PipeTransform<unknown, Dto> {
  constructor(private readonly type: Type<Dto>) {}

  transform(value: unknown): Dto {
    const dto = this.instanceOf(value ?? {});
    const errors = validateSync(dto, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
    if (errors.length > 0) {
      throw new InvalidRequestError(errors.slice(0, MOST_PROBLEMS).map(problemOf));
    }
    return dto;
  }

  private instanceOf(value: unknown): Dto {
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new InvalidRequestError(['the body must be a JSON object']);
    }
    try {
      return plainToInstance(this.type, value);
    } catch {
      // Values nested deeper than the stack.
      throw new InvalidRequestError(['the parameters cannot be read']);
    }
  }
}

function problemOf({ property, constraints = {} }: ValidationError): string {
  return constraints['field'] ?? `${JSON.stringify(property.slice(0, LONGEST_NAME))} is not a known parameter`;
}
