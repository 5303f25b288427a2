import { driverToWire } from '../../../../model/codec.ts';
import type { TableModel, WireValue } from '../../../../model/types.ts';
import type { RowScope } from '../../../../plans/access/visible-rows.ts';
import { rowMatch } from '../../../../plans/arguments/row-key.ts';
import { toWire } from '../../../../plans/arguments/wire-input.ts';
import { type ShardKey, shardKeyToWire, toShardKey } from '../../../../shards/shard-key.ts';
import type { DataInput } from '../column-values.ts';
import { defaultValue } from '../derived-shard-key.ts';
import { relationColumns } from './relation-columns.ts';

type Value = Exclude<WireValue, null>;

/** The shard key of a new row, in wire values of its column. */
interface NewShardKey {
  /** What the data says; null: nothing. */
  readonly shardKey: Value | null;
  /** Where the data says nothing: what defaults make; null where there are none. */
  readonly defaultShardKey: Value | null;
  readonly newRoot: TableModel | null;
}

/** True if rows of the table have shard keys that differ: one row under each. */
export const isRoot = ({ primaryKey, uniqueKeys }: TableModel): boolean =>
  [primaryKey, ...uniqueKeys].some(({ names }) => names.length === 1);

/** Data says it, or that of a row which the new one refers to: they have the same. */
export function shardKeyOfNew(scope: RowScope, table: TableModel, data: DataInput): NewShardKey {
  const rows = rowsOf(scope, table, data);
  const newRoot = rows.find((row) => row.isNew && isRoot(row.table))?.table ?? null;
  const toValue = (key: ShardKey): Value => shardKeyToWire(table.shardKey, key);
  for (const { named } of rows) {
    if (named !== null) return { shardKey: toValue(named), defaultShardKey: null, newRoot };
  }
  for (const { table: source, isNew } of rows) {
    const made = isNew ? defaultOf(source) : null;
    if (made !== null) return { shardKey: null, defaultShardKey: toValue(toShardKey(source.shardKey, made)), newRoot };
  }
  return { shardKey: null, defaultShardKey: null, newRoot };
}

/** Whether a row that the new one would refer to is, by what the data says, under another shard key. */
export const refersElsewhere = (scope: RowScope, table: TableModel, data: DataInput, shardKey: ShardKey): boolean =>
  rowsOf(scope, table, data)
    .slice(1)
    .some(({ named }) => named !== null && named !== shardKey);

/** A default of SQLite's would come too late: the value decides which SQLite. Null: there is none. */
function defaultOf(table: TableModel): Value | null {
  const { shardKey } = table;
  if (shardKey.defaultFn) return defaultValue(table, shardKey) as Value;
  return shardKey.constantDefault === undefined ? null : (driverToWire(shardKey, shardKey.constantDefault) as Value);
}

interface ReferencedRow {
  readonly table: TableModel;
  /** The shard key that its data, or the key that names it, says. */
  readonly named: ShardKey | null;
  readonly isNew: boolean;
}

/** A new row, and those that it refers to. */
function rowsOf(scope: RowScope, table: TableModel, data: DataInput): ReferencedRow[] {
  const { model } = scope;
  const named = namedBy(scope, table, data);
  const referenced = table.relations.flatMap((relation): ReferencedRow[] => {
    const input = data[relation.name] as Readonly<Record<string, DataInput>> | null | undefined;
    if (!input || !relation.colocated || relationColumns(relation, table, model).holder !== 'source') return [];
    const target = model.table(relation.targetType);
    if (input.create) return rowsOf(scope, target, input.create);
    const by = input.connect ?? (input.connectOrCreate?.by as DataInput | undefined);
    return by ? [{ table: target, named: rowMatch(target, by, undefined).shardKey, isNew: false }] : [];
  });
  return [{ table, named, isNew: true }, ...referenced];
}

/** What a rule gives goes before what the data says. */
function namedBy({ access }: RowScope, table: TableModel, data: DataInput): ShardKey | null {
  const { typeName, shardKey } = table;
  const preset = access.presetsOf(typeName, 'create')[shardKey.name] ?? null;
  if (preset !== null) return toShardKey(shardKey, preset);
  const given = data[shardKey.name] ?? null;
  return given === null ? null : toShardKey(shardKey, toWire(table, shardKey, given));
}
