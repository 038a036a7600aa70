export { Clock, stopwatch, systemClock } from './clock';
export { Coalescer, type BatchWork, type CoalescerLimits } from './coalescer';
export { withDeadline } from './deadline';
export { describeError } from './describe-error';
export { RateLimit } from './rate-limit';
export { redact } from './redact';
export { sleep } from './sleep';
export { turn } from './turn';
export { UlidFactory, ulidFloor } from './ulid';
