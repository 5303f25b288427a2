/**
 * What a release wants of the tables of every shard, as data: a shard that runs another release can be asked what the
 * migrations would do to its rows, and the catalog passes on what it need not understand.
 */

import { fnv1a64 } from '../lib/fnv1a.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { staleMigrations } from '../model/physical.ts';
import type { ColumnModel, Migration, MigrationBundle, Model, Rename } from '../model/types.ts';
import { ShardQLError } from './errors.ts';

/** What the codec needs to know of a column to say whether a stored value is one of its values. */
export type ValueColumn = Pick<ColumnModel, 'name' | 'sqlName' | 'scalar' | 'wire' | 'enum' | 'dateTime' | 'notNull'>;

/** A column whose stored values may not be what the model declares. */
export interface CheckedColumn {
  /** In SQL. */
  readonly table: string;
  readonly column: ValueColumn;
}

export interface PlannedMigration extends Pick<Migration, 'tag' | 'hash' | 'statements' | 'schemaHash' | 'reverts'> {
  /** Columns as the plan's model has them, after all migrations. */
  readonly checks: readonly CheckedColumn[];
}

export interface MigrationPlan {
  /** Of all that follows: plans with equal ids do the same. */
  readonly id: string;
  readonly migrations: readonly PlannedMigration[];
}

/** What the migrations of a bundle ask of a shard. A bundle belongs to one model. */
export const migrationPlan = memoizeByObject(({ migrations }: MigrationBundle, model: Model): MigrationPlan => {
  const planned = migrations.map((migration, index) => ({
    tag: migration.tag,
    hash: migration.hash,
    statements: migration.statements,
    schemaHash: migration.schemaHash,
    reverts: migration.reverts,
    checks: migration.checks.flatMap(
      (check) => checkedColumn(model, renamedBy(check, migrations.slice(index + 1))) ?? [],
    ),
  }));
  // The statements are in their hashes.
  const identity = planned.map(({ statements: _, ...others }) => others);
  return { id: fnv1a64(JSON.stringify(identity)), migrations: planned };
});

/** The same. Throws `MIGRATION_FAILED` if the model was changed after the bundle was made. */
export function currentPlan(model: Model, bundle: MigrationBundle): MigrationPlan {
  const stale = staleMigrations(model, bundle);
  if (stale !== null) throw new ShardQLError('MIGRATION_FAILED', stale);
  return migrationPlan(bundle, model);
}

interface NamedColumn {
  readonly table: string;
  readonly column: string;
}

/** The column's names after these migrations. */
function renamedBy(column: NamedColumn, migrations: readonly Migration[]): NamedColumn {
  return migrations.reduce((now, { renames }) => {
    const table = renames.find((rename) => isOfTable(rename) && rename.table === now.table)?.to ?? now.table;
    const renamed = renames.find((rename) => rename.column === now.column && rename.table === table)?.to ?? now.column;
    return { table, column: renamed };
  }, column);
}

const isOfTable = ({ column }: Rename): boolean => column === undefined;

/** Null: a later migration dropped it. */
function checkedColumn(model: Model, { table, column }: NamedColumn): CheckedColumn | null {
  const columns = model.tables.find(({ sqlName }) => sqlName === table)?.columns ?? [];
  const found = columns.find(({ sqlName }) => sqlName === column);
  if (!found) return null;
  // Without the functions that a column may have: they do not travel.
  const { name, sqlName, scalar, wire, enum: enumType, dateTime, notNull } = found;
  return { table, column: { name, sqlName, scalar, wire, enum: enumType, dateTime, notNull } };
}
