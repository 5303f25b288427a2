import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access.ts';
import { shardKeyArgument } from '../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { shardKeyOfWhere } from '../../../plans/filter/filter.ts';
import type { WhereInput } from '../../../plans/filter/filter-terms.ts';
import { requireCondition } from '../../../plans/filter/require-condition.ts';
import { rowsOfWhere } from '../../../plans/rows-of-where.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import { MAX_BULK_ROWS } from '../../../shards/limits.ts';
import type { WhereDraft } from './bulk-draft.ts';

/** Arguments that say which rows are meant. */
export interface RowsOfWhereArguments {
  readonly where: WhereInput;
  readonly atMost: number;
  readonly shardKey?: unknown;
}

/** The rows that the arguments mean, and the shard key that they have. */
export function rowsMeant(
  scope: RowScope,
  table: TableModel,
  { where, atMost, shardKey }: RowsOfWhereArguments,
): Pick<WhereDraft, 'kind' | 'table' | 'shardKey' | 'rows'> {
  if (atMost < 1 || atMost > MAX_BULK_ROWS) {
    throw badUserInput(`Expected atMost to be from 1 to ${MAX_BULK_ROWS.toLocaleString('en-US')}, but got ${atMost}.`);
  }
  if (shardKey === null) throw badUserInput('Expected a value for shardKey, but got null.');
  requireCondition(scope.model, table, where);
  return {
    kind: 'where',
    table,
    shardKey: shardKeyArgument(table, shardKey) ?? shardKeyOfWhere(table, where) ?? null,
    rows: rowsOfWhere(scope, table, where, atMost),
  };
}

/** @throws ShardQLError BAD_USER_INPUT if nothing tells the shard key of the rows. */
export function requireOneShardKey({ table, shardKey }: WhereDraft): Exclude<WireValue, null> {
  if (shardKey !== null) return shardKey;
  throw noShardKey(table);
}

const noShardKey = ({ typeName, shardKey: { name } }: TableModel): ShardQLError =>
  badUserInput(
    `Expected rows of one ${name}, since all of them are written or none, but got conditions on rows of any. Name it in the argument shardKey, or in where with ${name}: { eq: … }.`,
    { table: typeName, field: name },
  );
