import type { THIN_TYPES } from '../../src/endpoints/thin-types';
import type { StripeThinEventType } from '../../src/handlers';

// Checked by the compiler, never run: the list has every type of the installed SDK, and no other.

type Listed = (typeof THIN_TYPES)[number];
type Assert<Fact extends true> = Fact;

export type NoneIsMissing = Assert<[Exclude<StripeThinEventType, Listed>] extends [never] ? true : false>;
export type NoneIsMadeUp = Assert<[Exclude<Listed, StripeThinEventType>] extends [never] ? true : false>;
