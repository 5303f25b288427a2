import type { CacheReader } from '../../../cache/reading/cache-reader.ts';
import type { Requirement } from '../../../cache/requirement.ts';
import type { Model, TableModel, WireValue } from '../../../model/types.ts';
import { rowMatch, shardKeyArgument } from '../../../plans/arguments/row-key.ts';
import { keysUnderShardKeyPlan, rowByKeyPlan } from '../../../plans/internal-plans.ts';
import { decodeNodeId } from '../../../plans/tokens/node-id.ts';
import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { NOTHING_SEEN } from '../../../shards/seen-versions.ts';
import { shardKeyOf, toShardKey } from '../../../shards/shard-key.ts';

/** Rows of a shard key that one request warms: each may be a put, of which an invocation has 10,000. */
const MAX_WARM_ROWS = 5_000;

/** Read and put together: an answer of a shard has bounds. */
const BATCH_ROWS = 200;

type PrimaryKey = readonly Exclude<WireValue, null>[];

export interface RowKeys {
  readonly table: TableModel;
  /** Values in the order of the primary key's columns. */
  readonly keys: readonly PrimaryKey[];
  /** False: there are more rows than one request warms. */
  readonly isComplete: boolean;
}

/** The first rows of a table under a shard key, by primary key. */
export async function rowsUnder(table: TableModel, shardKeyInput: unknown, shards: ShardClient): Promise<RowKeys> {
  const value = shardKeyArgument(table, shardKeyInput)!;
  const [answer] = await shards.read({
    plan: keysUnderShardKeyPlan(table),
    values: [MAX_WARM_ROWS],
    keys: [[value]],
    shardKeys: [toShardKey(table.shardKey, value)],
  });
  return { table, keys: answer!.rows as unknown as PrimaryKey[], isComplete: !answer!.hasMore };
}

/** Rows that are named as in `by`, which need not exist. */
export function namedRows(table: TableModel, ids: readonly unknown[], shardKeyInput: unknown): RowKeys {
  const keys = ids.map((id) => {
    const match = rowMatch(table, { [table.primaryKey.byName]: id }, shardKeyInput);
    if (match.shardKey !== null) return match.values;
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected a shardKey with ids of ${table.typeName}, but got none. Give it, or nodeIds instead.`,
    );
  });
  return { table, keys, isComplete: true };
}

/** Rows by global id, by table. */
export function nodeRows(model: Model, nodeIds: readonly string[]): RowKeys[] {
  const keysByTable = new Map<TableModel, PrimaryKey[]>();
  for (const nodeId of nodeIds) {
    const { table, primaryKey } = decodeNodeId(model, nodeId);
    keysByTable.set(table, [...(keysByTable.get(table) ?? []), primaryKey]);
  }
  return [...keysByTable].map(([table, keys]) => ({ table, keys, isComplete: true }));
}

const CACHED: Requirement = { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN };

/** Reads rows as cached point reads do, so that their entries are found by those. No answer is held beyond its batch. */
export async function readRows(
  { table, keys }: RowKeys,
  reader: CacheReader,
  shards: Pick<ShardClient, 'releaseAnswers'>,
): Promise<void> {
  const plan = rowByKeyPlan(table);
  for (let at = 0; at < keys.length; at += BATCH_ROWS) {
    const batch = keys.slice(at, at + BATCH_ROWS);
    const shardKeys = batch.map((key) => shardKeyOf(table, key));
    await reader.read({ plan, values: [], keys: batch, shardKeys }, CACHED);
    shards.releaseAnswers();
  }
}
