import { EntitySchema, getMetadataArgsStorage, type EntitySchemaColumnOptions, type MigrationInterface } from 'typeorm';
import { CustomerEntity } from './customers';
import { createStripeLedger, type StripeTableOptions } from './database';
import { EventEntity, EventPayloadEntity, EventTwinEntity, HandlerRunEntity } from './events';
import { SyncRunEntity } from './sync-runs';

/** The entity classes of the ledger. List them in the data source where `autoLoadEntities` is not used. */
export const STRIPE_ENTITIES = [
  EventEntity,
  EventPayloadEntity,
  HandlerRunEntity,
  EventTwinEntity,
  CustomerEntity,
  SyncRunEntity,
];

/** The migrations that make and change the ledger's tables. List them in the data source. */
export const STRIPE_MIGRATIONS: (new () => MigrationInterface)[] = [createStripeLedger({})];

/** The entities of the ledger with a prefix or a schema of their own; give the same to `StripeModule` as `tables`. */
export function stripeEntities(tables: StripeTableOptions = {}): (EntitySchema | (typeof STRIPE_ENTITIES)[number])[] {
  const own = tables.prefix === undefined && tables.schema === undefined;
  return own ? [...STRIPE_ENTITIES] : STRIPE_ENTITIES.map((entity) => schemaOf(entity, tables));
}

/** The migrations of the ledger with a prefix or a schema of their own. */
export function stripeMigrations(tables: StripeTableOptions = {}): (new () => MigrationInterface)[] {
  return [createStripeLedger(tables)];
}

/** What an entity's decorators say, under other names. The class stays the same, so repositories do as well. */
function schemaOf(target: (typeof STRIPE_ENTITIES)[number], { prefix = '', schema }: StripeTableOptions): EntitySchema {
  const decorators = getMetadataArgsStorage();
  const table = decorators.filterTables(target)[0]?.name ?? target.name;
  return new EntitySchema<object>({
    name: target.name,
    target,
    tableName: `${prefix}${table}`,
    // MySQL's word for it is database, which PostgreSQL's tables do not have.
    ...(schema === undefined ? {} : { schema, database: schema }),
    columns: Object.fromEntries(
      decorators
        .filterColumns(target)
        .map(({ propertyName, options }) => [propertyName, options as EntitySchemaColumnOptions]),
    ),
    indices: decorators.filterIndices(target).map(({ name = '', columns, unique = false, where }) => ({
      name: name.replace('idx_', `idx_${prefix}`),
      columns: columns as string[],
      unique,
      ...(where === undefined ? {} : { where }),
    })),
    relations: Object.fromEntries(
      decorators.filterRelations(target).map((relation) => relationOf(target, relation.propertyName)),
    ),
  });
}

function relationOf(target: (typeof STRIPE_ENTITIES)[number], propertyName: string): [string, never] {
  const decorators = getMetadataArgsStorage();
  const relation = decorators.filterRelations(target).find((args) => args.propertyName === propertyName);
  const joinColumn = decorators
    .filterJoinColumns(target, propertyName)
    .map(({ name, referencedColumnName }) => ({ name, referencedColumnName }));
  const options = { ...relation?.options, type: relation?.relationType, target: relation?.type, joinColumn };
  return [propertyName, options as never];
}
