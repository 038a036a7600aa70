/** Where the ledger's tables are, when not under their own names in the default schema. */
export interface StripeTableOptions {
  /** Put before each table's name, e.g. `billing_`. @default '' */
  readonly prefix?: string;
  /** The PostgreSQL schema, or MySQL database, the tables are in. @default the data source's own */
  readonly schema?: string;
}

/** A prefix or schema that needs no quoting on any database. */
export const TABLE_NAME_PART = /^[a-z_][a-z0-9_]{0,30}$/;
