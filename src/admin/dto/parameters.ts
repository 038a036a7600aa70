import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDate, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';

/** Applies several decorators to a property. */
function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    decorators.forEach((decorate) => {
      decorate(target, property);
    });
  };
}

/** A text of 1 to 255 characters. */
export function TextParameter(): PropertyDecorator {
  const message = '$property must be one text of 1 to 255 characters';
  return all(IsOptional(), IsString({ message }), MinLength(1, { message }), MaxLength(255, { message }));
}

/** `true` or `false`, as text in a query. */
export function FlagParameter(): PropertyDecorator {
  const flags = new Map<unknown, boolean>([
    ['true', true],
    ['false', false],
  ]);
  const read = Transform(({ value }: { value: unknown }) => flags.get(value) ?? value);
  return all(IsOptional(), read, IsBoolean({ message: '$property must be true or false' }));
}

/** A whole number, as text in a query. */
export function CountParameter(most: number): PropertyDecorator {
  const message = `$property must be a whole number from 1 to ${most}`;
  return all(
    IsOptional(),
    Type(() => Number),
    IsInt({ message }),
    Min(1, { message }),
    Max(most, { message }),
  );
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A moment in ISO 8601, with its time zone. */
export function MomentParameter(): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : value,
  );
  return all(
    IsOptional(),
    read,
    IsDate({ message: '$property must be a moment in ISO 8601, e.g. 2026-01-31T12:00:00Z' }),
  );
}
