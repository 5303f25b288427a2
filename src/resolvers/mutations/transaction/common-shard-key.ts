import type { MutationKind } from '../../../model/mutation-names.ts';
import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { type ShardKey, toShardKey } from '../../../shards/shard-key.ts';
import type { KeyedCommit } from '../../idempotency/keyed-field.ts';
import type { FieldRun } from '../../run/field-run.ts';
import { belowInputPath, type InputPath, withInputPath } from '../compile/input-path.ts';
import { knownShardKey } from '../compile/write-draft.ts';
import { locateRow } from '../locate-row.ts';
import type { TransactionDraft } from './bulk-draft.ts';

/** An operation of a transaction, and where it stands in the arguments. */
export interface PlacedDraft {
  readonly kind: MutationKind;
  readonly draft: TransactionDraft;
  readonly path: InputPath;
}

interface NamedShardKey extends PlacedDraft {
  readonly shardKey: ShardKey;
}

/**
 * The shard key of a transaction: what its operations name; else that of the first row which can be looked for; else what a
 * default makes. Those that name none inherit it.
 *
 * @param fixed if it is not left to the operations.
 * @throws ShardQLError BAD_USER_INPUT if they name several, NOT_NULL_VIOLATION if nothing tells it.
 */
export async function commonShardKey(
  drafts: readonly PlacedDraft[],
  field: FieldRun,
  keyed: KeyedCommit | null,
  fixed?: ShardKey,
): Promise<ShardKey> {
  const { shardKey, source } = statedShardKey(drafts, fixed);
  if (shardKey !== null) return shardKey;
  const { draft, path } = source;
  try {
    return toShardKey(draft.table.shardKey, await locateRow(draft, field, keyed));
  } catch (error) {
    throw belowInputPath(error, path);
  }
}

/** What arguments tell of the shard key of a transaction. */
interface StatedShardKey {
  /** Null: the row of `source` has to be looked for. */
  readonly shardKey: ShardKey | null;
  /** The operation that it is taken from. */
  readonly source: PlacedDraft;
}

/** The same, as far as it can be told without reading anything. There is at least one operation. */
export function statedShardKey(drafts: readonly PlacedDraft[], fixed?: ShardKey): StatedShardKey {
  const named = drafts.flatMap((placed) => keyOf(placed, placed.draft.shardKey));
  const expected = fixed ?? named[0]?.shardKey;
  const other = named.find(({ shardKey }) => shardKey !== expected);
  if (other !== undefined)
    throw withInputPath(otherShardKey(fixed === undefined ? named[0]! : null, other), other.path);
  if (fixed !== undefined) return { shardKey: fixed, source: drafts[0]! };
  requireOneRoot(drafts);
  const source = named[0] ?? firstOf(drafts);
  const { table } = source.draft;
  for (const { draft, path } of drafts) {
    if (draft.shardKey !== null || draft.table.domain === table.domain) continue;
    const { typeName, shardKey } = draft.table;
    const message = `Expected the ${shardKey.name} of ${typeName}, whose rows do not live with those of ${table.typeName}, but got none. Name it.`;
    throw withInputPath(badUserInput(message, { table: typeName, field: shardKey.name }), path);
  }
  const stated = statedBy(source);
  return { shardKey: stated === null ? null : toShardKey(table.shardKey, stated), source };
}

/** Of new rows that have shard keys of their own, none can inherit that of another. */
function requireOneRoot(drafts: readonly PlacedDraft[]): void {
  const firstByTable = new Map<TableModel, PlacedDraft>();
  for (const placed of drafts) {
    const { newRoot = null, shardKey } = placed.draft;
    if (newRoot === null) continue;
    const first = firstByTable.get(newRoot);
    if (first === undefined) firstByTable.set(newRoot, placed);
    else if (shardKey === null || first.draft.shardKey === null)
      throw withInputPath(severalRoots(newRoot, first), placed.path);
  }
}

const keyOf = (placed: PlacedDraft, value: TransactionDraft['shardKey']): NamedShardKey[] =>
  value === null ? [] : [{ ...placed, shardKey: toShardKey(placed.draft.table.shardKey, value) }];

/** That which can be looked for, or has a default. */
const firstOf = (drafts: readonly PlacedDraft[]): PlacedDraft =>
  drafts.find(({ draft }) => draft.lookup !== null) ??
  drafts.find(({ draft }) => draft.defaultShardKey !== null) ??
  drafts[0]!;

function statedBy({ draft, path }: PlacedDraft): TransactionDraft['shardKey'] {
  try {
    return knownShardKey(draft);
  } catch (error) {
    throw belowInputPath(error, path);
  }
}

const severalRoots = ({ typeName, shardKey: { name } }: TableModel, first: PlacedDraft) =>
  badUserInput(
    `Expected operations under one shard key, but got a new ${typeName} besides that of ${first.path.join('.')}, and each has a ${name} of its own. Use a transaction for each.`,
    { table: typeName, field: name },
  );

/** @param one which the other should have agreed with; null: what the caller fixed. */
const otherShardKey = (one: NamedShardKey | null, other: NamedShardKey) => {
  const text = ({ draft, path }: NamedShardKey) => `${JSON.stringify(draft.shardKey)} in ${path.join('.')}`;
  const got = one === null ? text(other) : `${text(one)} and ${text(other)}`;
  return badUserInput(
    `Expected operations under ${one === null ? 'the shard key of the transaction' : 'one shard key'}, but got ${got}. Use a transaction for each.`,
    { table: other.draft.table.typeName, field: other.draft.table.shardKey.name },
  );
};
