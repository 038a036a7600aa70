import { ValidateBy, type ValidationArguments } from 'class-validator';
import { columnText } from './column-text';
import { isJsonObject } from './event-shape';

/** What a value is, in words that tell nothing of it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value === 'string') {
    return `a text of ${value.length} characters`;
  }
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/** A text that every supported database stores unchanged: 1 to 255 printable characters. */
export function IsColumnText(): PropertyDecorator {
  return rule(
    'isColumnText',
    (value) => columnText(value) !== null,
    'a text of 1 to 255 characters without control characters',
  );
}

/** An object that JSON can carry. */
export function IsJsonObject(): PropertyDecorator {
  return rule(
    'isJsonObject',
    (value) => isJsonObject(value) && canBeJson(value),
    'an object that can be written as JSON',
  );
}

/** `{ id, idempotency_key }`, or the bare id. */
export function IsRequest(): PropertyDecorator {
  return rule('isRequest', isRequest, 'a request id, or an object { id, idempotency_key } of texts');
}

function rule(name: string, accepts: (value: unknown) => boolean, expected: string): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: accepts,
      defaultMessage: (about?: ValidationArguments) =>
        `${about?.property} must be ${expected}, not ${kindOf(about?.value)}`,
    },
  });
}

function isRequest(value: unknown): boolean {
  return isJsonObject(value)
    ? isOptionalText(value.id) && isOptionalText(value.idempotency_key)
    : columnText(value) !== null;
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || columnText(value) !== null;
}

function canBeJson(value: object): boolean {
  try {
    // A toJSON of its own may make nothing of it.
    return typeof (JSON.stringify(value) as unknown) === 'string';
  } catch {
    return false;
  }
}
