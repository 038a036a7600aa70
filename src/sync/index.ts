export { CatchUpBeginning } from './catch-up.beginning';
export { CatchUpIntake } from './catch-up.intake';
export { CatchUpJob, type CatchUpParts } from './catch-up.job';
export { CatchUpSchedule, type CatchUpTimes } from './catch-up.schedule';
export {
  StripeCatchUpService,
  type StripeCatchUpOptions,
  type StripeCatchUpRequest,
  type StripeCatchUpResult,
} from './stripe-catch-up.service';
export { ThinCatchUpJob } from './thin-catch-up.job';
