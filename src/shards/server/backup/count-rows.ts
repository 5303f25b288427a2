import type { TableModel } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { type ShardKey, shardKeyTag, shardKeyToWire } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { equalSql } from '../commit/column-sql.ts';

/** How many rows a table has under these shard keys; null: of all. Deleted ones that are kept count. */
export function countRows(
  session: ReadSession,
  { sqlName, shardKey: column }: TableModel,
  shardKeys: readonly ShardKey[] | null,
): number {
  const count = (condition: string, ...bindings: SqlStorageValue[]) =>
    session.row(`SELECT count(*) FROM ${quoteName(sqlName)} ${condition}`, ...bindings)![0] as number;
  if (shardKeys === null) return count('');
  return shardKeys
    .filter((key) => key.startsWith(`${shardKeyTag(column)}:`))
    .map((key) => wireToBinding(column, shardKeyToWire(column, key)))
    .reduce<number>((sum, value) => sum + count(`WHERE ${equalSql([column])}`, value), 0);
}
