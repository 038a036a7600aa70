export { createStripeLedger } from './create-stripe-ledger';
