import type { ColumnModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { Selection } from '../../operation.ts';
import type { RowAnswer } from '../../plan.ts';
import { type ShardKey, toShardKey } from '../../shard-key.ts';
import type { PlanRunner } from '../read/plan-runner.ts';
import type { SqlSession } from '../sql-session.ts';

/** What the operations of one write share. It lives as long as the write's transaction. */
export interface WriteScope {
  readonly model: Model;
  readonly storage: DurableObjectStorage;
  readonly session: SqlSession;
  readonly plans: PlanRunner;
  /** All rows written have this shard key; the shard owns its slot. */
  readonly shardKey: ShardKey;
  /** Rows of slots that the shard does not own may be stored here. */
  readonly visibleOnly: boolean;
}

export function tableOf(model: Model, type: string): TableModel {
  const table = model.tableByType.get(type);
  if (!table)
    throw new ShardQLError('BAD_USER_INPUT', `Expected a table of the model, but got "${type}".`, { table: type });
  return table;
}

export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = table.columnByName.get(name);
  if (!column) {
    throw new ShardQLError('BAD_USER_INPUT', `Expected a column of ${table.typeName}, but got "${name}".`, {
      table: table.typeName,
      field: name,
    });
  }
  return column;
}

/** The slot was checked for the request's shard key alone, so every row written must have that shard key. */
export function requireShardKey(scope: WriteScope, table: TableModel, value: WireValue | undefined): void {
  const { name } = table.shardKey;
  if (value === undefined || value === null) {
    throw new ShardQLError('NOT_NULL_VIOLATION', `Expected a value for ${table.typeName}.${name}, but got none.`, {
      table: table.typeName,
      field: name,
    });
  }
  if (toShardKey(table.shardKey, value) !== scope.shardKey) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected ${table.typeName}.${name} to be the shard key of the request, but got another value.`,
      { table: table.typeName, field: name },
    );
  }
}

/** Reads what the mutation returns of the row with this primary key. */
export function select(scope: WriteScope, selection: Selection, primaryKey: readonly WireValue[]): RowAnswer | null {
  if (selection === null) return null;
  const [answer] = scope.plans.run(
    scope.session,
    { plan: selection.plan, values: selection.values, keys: [primaryKey], shardKeys: [scope.shardKey] },
    { visibleOnly: scope.visibleOnly },
  );
  return (answer ?? null) as RowAnswer | null;
}
