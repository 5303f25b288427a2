import type { Model } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { RestoredCounts, RestoreScope, ShardPreview } from '../../../shards/restore.ts';
import { MAX_UNDO_PAGE, type ShownRow } from '../../../shards/undo.ts';
import type { Version } from '../../../shards/version.ts';
import type { RequestContext } from '../../context.ts';
import type { ConfirmedAction } from '../confirmation/confirmed.ts';
import { offsetOf, type ShownPage, shownPage } from '../pages.ts';
import { momentOf, type RestoreArguments, scopeOf } from './restore-arguments.ts';
import { begun, latestRestore, restoreBegun, type ShownRestore } from './restores.ts';

export interface ShownPreview {
  readonly changes: number;
  /** Null: too many changes to look at each row. */
  readonly restored: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
  /** In the order of the model; null as above. */
  readonly tables: readonly RestoredTable[] | null;
  readonly rows: ShownPage<ShownRow>;
}

export interface RestoredTable extends RestoredCounts {
  /** Its GraphQL type. */
  readonly table: string;
}

interface RestoreCall extends RestoreArguments {
  /** Changes that are made after the preview are taken back, too. */
  readonly withLaterChanges: boolean;
  /** Of the preview: which rows it shows. */
  readonly first: number;
  readonly after?: string | null | undefined;
}

/**
 * Takes rows back to an earlier time.
 *
 * @throws ShardQLError for arguments that cannot be meant.
 */
export function restoreAction(args: RestoreCall, context: RequestContext): ConfirmedAction<SeenPreview, ShownRestore> {
  const { shardKeys, type, shard, all, time, version, withLaterChanges } = args;
  const { model, shards } = context;
  const scope = scopeOf(model, args);
  const moment = momentOf(args);
  return {
    action: 'restore',
    target: targetOf(args),
    args: { shardKeys, type, shard, all, time, version, withLaterChanges },
    preview: async () => ({
      ...(await previewRestore(scope, moment, args, context)),
      latestRestore: await latestRestore(context),
    }),
    // A change that is made later is one more; restores alone make them fewer.
    stateOf: ({ changes, latestRestore }) => (withLaterChanges ? null : [changes, latestRestore]),
    async stateNow() {
      if (withLaterChanges) return null;
      const previews = await shards.previewRestore(scope, moment, { offset: 0, limit: 0 });
      return [totalChanges(previews), await latestRestore(context)];
    },
    performed: (id) => restoreBegun(id, context),
    async perform(id) {
      await shards.startRestore(scope, moment, id);
      return await begun(id, context);
    },
  };
}

interface SeenPreview extends ShownPreview {
  readonly latestRestore: string | null;
}

/** Audit logs hold no values of rows. */
const targetOf = ({ shardKeys, shard }: RestoreArguments): string =>
  shard ?? (shardKeys ? `${shardKeys.length} shard key${shardKeys.length === 1 ? '' : 's'}` : 'all');

const totalChanges = (previews: readonly ShardPreview[]): number =>
  previews.reduce((sum, { changes }) => sum + changes, 0);

async function previewRestore(
  scope: RestoreScope,
  moment: Version,
  { first, after = null }: Pick<RestoreCall, 'first' | 'after'>,
  { shards, model }: RequestContext,
): Promise<ShownPreview> {
  if (!Number.isInteger(first) || first < 0 || first > MAX_UNDO_PAGE) {
    throw badUserInput(`Expected first to be 0 to ${MAX_UNDO_PAGE}, but got ${first}.`);
  }
  const range = { offset: after === null ? 0 : offsetOf(after), limit: first };
  const previews = await shards.previewRestore(scope, moment, range);
  const count = (name: 'restored' | 'updated' | 'deleted') =>
    previews.reduce<number | null>((sum, { rows }) => (sum === null || rows === null ? null : sum + rows[name]), 0);
  return {
    changes: totalChanges(previews),
    restored: count('restored'),
    updated: count('updated'),
    deleted: count('deleted'),
    tables: previews.some(({ rows }) => rows === null) ? null : countsByTable(model, previews),
    rows: shownPage(pageOf(previews), range.offset),
  };
}

function countsByTable({ tables }: Model, previews: readonly ShardPreview[]): RestoredTable[] {
  return tables.flatMap(({ typeName }) => {
    const parts = previews.flatMap(({ rows }) => rows?.byTable[typeName] ?? []);
    const sum = (name: keyof RestoredCounts) => parts.reduce((total, part) => total + part[name], 0);
    const counts = { restored: sum('restored'), updated: sum('updated'), deleted: sum('deleted') };
    return parts.length === 0 ? [] : [{ table: typeName, ...counts }];
  });
}

const pageOf = (previews: readonly ShardPreview[]) => ({
  total: previews.reduce((sum, { rows }) => sum + (rows?.page.total ?? 0), 0),
  rows: previews.flatMap(({ rows }) => rows?.page.rows ?? []),
});
