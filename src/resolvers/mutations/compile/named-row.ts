import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { type KeyInput, rowMatch } from '../../../plans/arguments/row-key.ts';
import type { Target } from '../../../shards/operation.ts';
import { expectedVersionIn } from './expected-version.ts';
import { atInputPath } from './input-path.ts';
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

/** The one row that `by` and `shardKey` name; where they do not say it, under the one shard key that the caller may see. */
export function namedRow({ access }: RowScope, table: TableModel, args: NamedRowArguments): NamedRow {
  const { by, shardKey } = args;
  atInputPath(['by'], () => rowMatch(table, by, undefined));
  const bound = access.shardKeyOf(table.typeName);
  const lookup = atInputPath(['shardKey'], () => rowMatch(table, by, shardKey, bound));
  return {
    target: { key: keyOfMatch(table, lookup), within: null, expectedVersion: expectedVersionIn(args, []) },
    shardKey: lookup.shardKey === null ? null : lookup.values[lookup.columns.indexOf(table.shardKey.name)]!,
    defaultShardKey: null,
    lookup,
  };
}
