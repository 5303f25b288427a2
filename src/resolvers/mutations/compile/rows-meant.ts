import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { shardKeyArgument } from '../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { WhereInput } from '../../../plans/filter/filter-terms.ts';
import { requireCondition } from '../../../plans/filter/require-condition.ts';
import { shardKeysOfWhere } from '../../../plans/filter/shard-keys-of-where.ts';
import { rowsOfWhere } from '../../../plans/rows-of-where.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import { MAX_BULK_ROWS } from '../../../shards/limits.ts';
import type { WhereDraft } from './bulk-draft.ts';
import { atInputPath, withInputPath } from './input-path.ts';

/** Arguments that say which rows are meant. */
export interface RowsOfWhereArguments {
  readonly where: WhereInput;
  readonly atMost: number;
  readonly shardKey?: unknown;
}

/** The rows that the arguments mean, of those with which the caller may do that, and the shard key that they have. */
export function rowsMeant(
  scope: RowScope,
  table: TableModel,
  { where, atMost, shardKey }: RowsOfWhereArguments,
  verb: 'update' | 'delete',
): Pick<WhereDraft, 'kind' | 'table' | 'shardKey' | 'shardKeys' | 'rows'> {
  atInputPath(['atMost'], () => requireRowCount(atMost));
  atInputPath(['where'], () => requireCondition(scope.model, table, where));
  const rows = atInputPath(['where'], () => rowsOfWhere(scope, table, { where, verb }, atMost));
  const named = atInputPath(['shardKey'], () => shardKeyArgument(table, shardKey));
  const shardKeys = shardKeysOfWhere(table, where);
  if (named !== undefined) requireAmong({ table, shardKeys }, named);
  const only = shardKeys?.length === 1 ? shardKeys[0] : undefined;
  return {
    kind: 'where',
    table,
    shardKey: named ?? only ?? scope.access.shardKeyOf(table.typeName) ?? null,
    shardKeys,
    rows,
  };
}

/**
 * Conditions that no row under the shard key fits are a mistake: nothing would be written.
 *
 * @throws ShardQLError BAD_USER_INPUT
 */
export function requireAmong(
  { table, shardKeys }: Pick<WhereDraft, 'table' | 'shardKeys'>,
  shardKey: Exclude<WireValue, null>,
): void {
  if (shardKeys === null || shardKeys.includes(shardKey)) return;
  const { typeName, shardKey: column } = table;
  const message = `Expected where to find rows under the shard key of the write, but got another ${column.name}. Leave it out there.`;
  throw withInputPath(badUserInput(message, { table: typeName, field: column.name }), ['where']);
}

function requireRowCount(atMost: number): void {
  if (atMost >= 1 && atMost <= MAX_BULK_ROWS) return;
  throw badUserInput(`Expected atMost to be from 1 to ${MAX_BULK_ROWS.toLocaleString('en-US')}, but got ${atMost}.`);
}

/** @throws ShardQLError BAD_USER_INPUT if nothing tells the shard key of the rows. */
export function requireOneShardKey({ table, shardKey }: WhereDraft): Exclude<WireValue, null> {
  if (shardKey !== null) return shardKey;
  throw withInputPath(noShardKey(table), ['where']);
}

const noShardKey = ({ typeName, shardKey: { name } }: TableModel): ShardQLError =>
  badUserInput(
    `Expected rows of one ${name}, since all of them are written or none, but got conditions on rows of any. Name it in the argument shardKey, or in where with ${name}: { eq: … }.`,
    { table: typeName, field: name },
  );
