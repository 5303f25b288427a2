import type { Model } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { CopyScope } from '../../../shards/restore.ts';
import { type ShardKey, valueOfShardKey } from '../../../shards/shard-key.ts';
import type { RequestContext } from '../../context.ts';
import type { ConfirmedAction } from '../confirmation/confirmed.ts';
import { keysOf } from '../shard-keys.ts';
import { momentOf } from './restore-arguments.ts';
import { begun, restoreBegun, type ShownRestore } from './restores.ts';

interface CopyArguments {
  readonly shardKey: unknown;
  readonly as: unknown;
  readonly type?: string | null | undefined;
  readonly time?: string | null | undefined;
  readonly version?: string | null | undefined;
}

export interface ShownCopyPreview {
  readonly changes: number;
  readonly tables: readonly { readonly type: string; readonly count: number }[];
}

/**
 * Writes the rows of a shard key as of an earlier time under another one.
 *
 * @throws ShardQLError for arguments that cannot be meant.
 */
export function copyAction(
  args: CopyArguments,
  context: RequestContext,
): ConfirmedAction<ShownCopyPreview, ShownRestore> {
  const { shardKey, as, type, time, version } = args;
  const { shards, model } = context;
  const scope = copyOf(model, args);
  const moment = momentOf(args);
  return {
    action: 'restore-as',
    target: '1 shard key',
    args: { shardKey, as, type, time, version },
    async preview() {
      const { changes, rowsByType } = await shards.previewCopy(scope, moment);
      return { changes, tables: Object.entries(rowsByType).map(([table, count]) => ({ type: table, count })) };
    },
    // What is written later changes nothing of what was.
    stateOf: ({ tables }) => tables,
    performed: (id) => restoreBegun(id, context),
    async perform(id) {
      await shards.startCopy(scope, moment, id);
      return await begun(id, context);
    },
  };
}

function copyOf(model: Model, { shardKey, as, type = null }: CopyArguments): CopyScope {
  const [from, to] = keysOf(model, [shardKey, as], type);
  requireNameable(to!);
  return { shardKey: from!, as: to! };
}

/** A shard key that rows are to get must be one that people can write, to find them again. */
function requireNameable(shardKey: ShardKey): void {
  const value = valueOfShardKey(shardKey);
  if (value !== '' && !value.includes('\0')) return;
  throw badUserInput(
    `Expected as to be at least one character, and none of them NUL, but got ${JSON.stringify(value)}. Take another one.`,
  );
}
