export { CatchUpIntake } from './catch-up.intake';
export { CatchUpJob, type CatchUpParts } from './catch-up.job';
export { CatchUpSchedule, type CatchUpTimes } from './catch-up.schedule';
export {
  StripeCatchUpService,
  type StripeCatchUpOptions,
  type StripeCatchUpRequest,
  type StripeCatchUpResult,
} from './stripe-catch-up.service';
