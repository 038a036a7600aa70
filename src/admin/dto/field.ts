import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isISO8601, ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { ApiField, type FieldDoc } from '../openapi';

const TEXT = /^[^\p{Cc}\p{Cs}]+$/u;
const DATE_OR_MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const WHOLE_NUMBER = /^\d{1,9}$/;

/** What a field accepts. */
export interface FieldRule {
  /** Ends the sentence that begins with the field's name and "must be". */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** Reads what was sent; what cannot be read is returned as it is, for `accepts` to refuse. */
  readonly read?: (value: unknown) => unknown;
  readonly doc: FieldDoc;
}

/** A field that may be left out. `null` is not leaving it out: taken for that, it would widen what a request is about. */
export function OptionalField(rule: FieldRule): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_object, value) => value !== undefined),
    RequiredField({ ...rule, doc: { ...rule.doc, required: false } }),
  );
}

/** A field that must be there. */
export function RequiredField({ expected, accepts, read = (value) => value, doc }: FieldRule): PropertyDecorator {
  return applyDecorators(
    // What was sent, since an application may have told class-transformer to convert values by its own rules.
    Transform(({ obj, key }) => read((obj as Record<string, unknown>)[key])),
    ValidateBy({
      name: 'field',
      validator: {
        validate: accepts,
        defaultMessage: (about?: ValidationArguments) => `${about?.property ?? 'a field'} must be ${expected}`,
      },
    }),
    ApiField(doc),
  );
}

/** Text that can stand in a column. */
export function textRule(description: string, maxLength = 255): FieldRule {
  return {
    expected: `a text of 1 to ${maxLength} characters without control characters`,
    accepts: (value) => isText(value, maxLength),
    doc: { type: 'string', maxLength, description },
  };
}

/** Several texts, at least one. */
export function textsRule(description: string, { most, maxLength }: { most: number; maxLength: number }): FieldRule {
  return {
    expected: `an array of 1 to ${most} texts of 1 to ${maxLength} characters`,
    accepts: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= most &&
      value.every((text) => isText(text, maxLength)),
    doc: { type: 'string', isArray: true, description },
  };
}

/** One of a few words. */
export function choiceRule(description: string, choices: readonly string[]): FieldRule {
  return {
    expected: `one of: ${choices.join(', ')}`,
    accepts: (value) => choices.includes(value as string),
    doc: { type: 'string', enum: choices, description },
  };
}

/** `true` or `false`, and no other way of saying it. */
export function booleanRule(description: string): FieldRule {
  const words = new Map<unknown, boolean>([['true', true], ['false', false]]); // prettier-ignore
  return {
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    read: (value) => words.get(value) ?? value,
    doc: { type: 'boolean', description },
  };
}

/** A day, in UTC, or a moment with its offset. */
export function momentRule(description: string): FieldRule {
  return {
    expected: 'a date, or a date and time with its offset, in ISO 8601: 2026-01-31 or 2026-01-31T09:30:00Z',
    accepts: (value) => value instanceof Date,
    read: (value) => momentOf(value) ?? value,
    doc: { type: 'string', format: 'date-time', description },
  };
}

/** A whole number from 1 on. */
export function countRule(description: string, most: number, standard: number): FieldRule {
  return {
    expected: `a whole number from 1 to ${most}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most,
    read: (value) => (typeof value === 'string' && WHOLE_NUMBER.test(value) ? Number(value) : value),
    doc: { type: 'integer', minimum: 1, maximum: most, default: standard, description },
  };
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length <= maxLength && TEXT.test(value);
}

/** Strict, since `new Date` takes the 30th of February for a day in March. */
function momentOf(value: unknown): Date | null {
  if (typeof value !== 'string' || !DATE_OR_MOMENT.test(value) || !isISO8601(value, { strict: true })) {
    return null;
  }
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
