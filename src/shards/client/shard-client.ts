/** What the layers above see of the shards: one client per request. */
import type { WireValue } from '../../model/types.ts';
import type { WireError } from '../errors.ts';
import type { WriteOperation } from '../operation.ts';
import type { Answer, PlanNode, PlanValue, RowAnswer } from '../plan.ts';
import type { ShardStatus } from '../protocol.ts';
import type { ShardKey } from '../shard-key.ts';
import type { Version } from '../version.ts';

/** A plan, its values and its keys, before it is known which shards answer it. */
export interface PlannedRead {
  readonly node: PlanNode;
  readonly values: readonly PlanValue[];
  /** One per answer wanted; `[[]]` when `node.match` is empty. */
  readonly keys: readonly (readonly WireValue[])[];
  /** The shard key of each key, where it is known: only that shard is asked. Null: all shards are (a scatter). */
  readonly shardKeys: readonly ShardKey[] | null;
}

/** What a request cost so far. */
export interface ShardTrace {
  readonly shards: ReadonlySet<string>;
  readonly rpcs: number;
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

export interface ImportRow {
  readonly shardKey: ShardKey;
  readonly cells: readonly WireValue[];
}

export interface ImportResult {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** By index in the given rows, ascending. */
  readonly failures: readonly { readonly row: number; readonly error: WireError }[];
}

/**
 * All methods throw `ShardQLError` for expected failures. Reads of the same tick that go to the same shard travel in
 * one RPC; equal plans with equal values share one statement. Scatters are answered only from an exact cover of all
 * slots. Writes are applied exactly once, however often the client itself retries.
 */
export interface ShardClient {
  /** One answer per key, in order. */
  read(read: PlannedRead): Promise<readonly Answer[]>;
  /** One transaction in the shard that owns `shardKey`. Gives the selected row of each operation. */
  write(
    shardKey: ShardKey,
    operations: readonly WriteOperation[],
  ): Promise<{ readonly version: Version; readonly rows: readonly (RowAnswer | null)[] }>;
  /** Upserts rows by primary key, batched by shard; a failing row fails alone. `columns` names the cells. */
  importRows(table: string, columns: readonly string[], rows: readonly ImportRow[]): Promise<ImportResult>;
  /** Asks every shard; the catalog's order. */
  status(): Promise<readonly { readonly shard: string; readonly status: ShardStatus | WireError }[]>;
  readonly trace: ShardTrace;
}
