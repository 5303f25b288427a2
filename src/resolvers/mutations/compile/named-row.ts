import type { TableModel } from '../../../model/types.ts';
import { type KeyInput, type RowMatch, rowMatch, withShardKey } from '../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { RowKey, RowOperation } from '../../../shards/operation.ts';
import type { WriteDraft, WritePlace } from './write-draft.ts';

/** Arguments that name the row of a mutation. */
export interface NamedRowArguments {
  readonly by: KeyInput;
  readonly shardKey?: unknown;
}

/** A write of the one row that `by` and `shardKey` name. */
export function namedRowDraft(
  table: TableModel,
  { by, shardKey }: NamedRowArguments,
  operation: (key: RowKey, place: WritePlace) => RowOperation,
): WriteDraft {
  const match = namedRow(table, by, shardKey);
  return {
    table,
    shardKey: match.shardKey === null ? null : match.values[match.columns.indexOf(table.shardKey.name)]!,
    lookup: match,
    operationsAt: (place) => {
      const { columns, values } = withShardKey(table, match, place.shardKey);
      return { operations: [operation({ columns, values }, place)], shown: 0 };
    },
  };
}

function namedRow(table: TableModel, by: KeyInput, shardKeyInput: unknown): RowMatch {
  if (shardKeyInput !== null) return rowMatch(table, by, shardKeyInput);
  throw badUserInput('Expected a value for shardKey, but got null. Leave it out to look for the row in all shards.');
}
