export { momentColumn, optionalTextColumn, STRIPE_ID_LENGTH, textColumn, toDate } from './column-types';
export type { DatabaseFamily, Dialect, FaultKind, IndexStretch, TableTexts } from './dialect';
export type { GuardedRow, ValueType } from './guarded-change';
export type { MergedRows, MergeNames } from './merged-rows';
export type { ConnectionPool, OpenTransaction } from './ledger-connection';
export { familyOf } from './families';
export { LedgerDatabase } from './ledger-database';
export { createStripeLedger } from './migrations';
export { rowReader, type StoredColumns } from './row-reader';
export { TABLE_NAME_PART, type StripeTableOptions } from './table-names';
export {
  placeholders,
  SqlExpression,
  statement,
  unitOfWork,
  valuesParams,
  valuesRow,
  type Row,
  type Statement,
  type UnitOfWork,
} from './unit-of-work';
