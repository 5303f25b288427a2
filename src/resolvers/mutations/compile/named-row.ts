import type { TableModel } from '../../../model/types.ts';
import { type KeyInput, type RowMatch, rowMatch } from '../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { Target } from '../../../shards/operation.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { keyOfMatch } from './nested/related-rows.ts';
import type { DraftedShardKey } from './write-draft.ts';

/** Arguments that name the row of a mutation. */
export interface NamedRowArguments {
  readonly by: KeyInput;
  readonly shardKey?: unknown;
  readonly expectedVersion?: string | null;
}

/** The row that a mutation is about. */
interface NamedRow extends DraftedShardKey {
  readonly target: Target;
}

/** The one row that `by` and `shardKey` name. */
export function namedRow(table: TableModel, { by, shardKey, expectedVersion }: NamedRowArguments): NamedRow {
  const lookup = matchOf(table, by, shardKey);
  return {
    target: { key: keyOfMatch(table, lookup), within: null, expectedVersion: expectedVersionArgument(expectedVersion) },
    shardKey: lookup.shardKey === null ? null : lookup.values[lookup.columns.indexOf(table.shardKey.name)]!,
    defaultShardKey: null,
    lookup,
  };
}

function matchOf(table: TableModel, by: KeyInput, shardKey: unknown): RowMatch {
  if (shardKey !== null) return rowMatch(table, by, shardKey);
  throw badUserInput('Expected a value for shardKey, but got null. Leave it out to look for the row in all shards.');
}
