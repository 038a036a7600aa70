import type { SNAPSHOT_TYPES } from '../../src/endpoints/snapshot-types';
import type { StripeEventType } from '../../src/handlers';

// Checked by the compiler, never run: the list has every type of the installed SDK, and no other.

type Listed = (typeof SNAPSHOT_TYPES)[number];
type Assert<Fact extends true> = Fact;

export type NoneIsMissing = Assert<[Exclude<StripeEventType, Listed>] extends [never] ? true : false>;
export type NoneIsMadeUp = Assert<[Exclude<Listed, StripeEventType>] extends [never] ? true : false>;
