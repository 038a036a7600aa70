export { InProcessDispatcher } from './in-process/in-process.dispatcher';
export { SilentDispatcher } from './silent.dispatcher';
