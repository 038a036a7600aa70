import type { ColumnOptions } from 'typeorm';

/** Longest id Stripe ever sends, in characters: https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backwards-compatible. */
export const STRIPE_ID_LENGTH = 255;

const millisecondsToDate = {
  to: (value: unknown): unknown => (value instanceof Date ? value.getTime() : value),
  from: (value: unknown): Date | null => toDate(value),
};

/** A moment, kept as epoch milliseconds: the same in every database, whatever time zone driver and server think they are in. */
export function momentColumn(name: string, nullable = false): ColumnOptions {
  return { name, type: 'bigint', nullable, transformer: millisecondsToDate };
}

interface TextColumn {
  readonly name: string;
  readonly type: 'varchar';
  readonly length: number;
}

/** Text of a known greatest length. */
export function textColumn(name: string, length = STRIPE_ID_LENGTH): TextColumn {
  return { name, type: 'varchar', length };
}

/** Text of a known greatest length, or nothing. */
export function optionalTextColumn(name: string, length = STRIPE_ID_LENGTH): ColumnOptions {
  return { ...textColumn(name, length), nullable: true };
}

/** Reads an epoch-millisecond column as any of the drivers returns it. */
export function toDate(value: unknown): Date | null {
  return value === null || value === undefined ? null : new Date(Number(value));
}
