import type { ColumnModel, Migration, Model, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { type ShardKey, toShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { unknownColumn, unknownTable } from '../other-release.ts';
import type { PlanRunner } from '../read/run/plan-runner.ts';
import type { CallerAccess } from './access/caller-access.ts';
import type { ImportRuns } from './import-runs.ts';
import type { AppliedRow } from './references.ts';
import type { Room } from './room.ts';

/** What the operations of one commit share. It lives as long as the commit's transaction. */
export interface CommitScope {
  readonly model: Model;
  /** Those that have led to the tables of the model. */
  readonly migrations: readonly Migration[];
  readonly session: SqlSession;
  readonly plans: PlanRunner;
  readonly version: Version;
  /** When the commit began, in milliseconds since 1970: what its deletes note. */
  readonly nowMs: number;
  /** All rows written are under these; the shard owns their slots. */
  readonly shardKeys: ReadonlySet<ShardKey>;
  /** Rows of slots that the shard does not own may be stored here. */
  readonly visibleOnly: boolean;
  readonly imports: ImportRuns;
  /** What the caller may do; null: everything. */
  readonly access: CallerAccess | null;
  readonly room: Room;
  /** The row that an earlier operation wrote or found; null if there is not exactly one. By index in the request. */
  readonly rowOf: (operation: number) => AppliedRow | null;
  /** Failures are logged under it. */
  readonly requestId: string | undefined;
  readonly traceId: string | undefined;
  /** Undoes all statements of `work` if it throws. Those of one statement are undone anyway. */
  readonly savepoint: <T>(work: () => T) => T;
  /** Memory changes only once the commit stands. */
  readonly afterCommit: (work: () => void) => void;
}

export function tableOf(model: Model, type: string): TableModel {
  const table = model.tableByType.get(type);
  if (!table) throw unknownTable(type);
  return table;
}

export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = table.columnByName.get(name);
  if (!column) throw unknownColumn(table, name);
  return column;
}

/** The slots were checked of the commit's shard keys alone, so every row written must be under one of them. */
export function requireShardKey(
  { shardKeys }: CommitScope,
  table: TableModel,
  value: WireValue | undefined,
): asserts value is Exclude<WireValue, null> {
  const { name } = table.shardKey;
  if (value === undefined || value === null) {
    throw new ShardQLError('NOT_NULL_VIOLATION', `Expected a value for ${table.typeName}.${name}, but got none.`, {
      table: table.typeName,
      field: name,
    });
  }
  if (!shardKeys.has(toShardKey(table.shardKey, value))) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected ${table.typeName}.${name} to be the shard key of the request, but got another value.`,
      { table: table.typeName, field: name },
    );
  }
}
