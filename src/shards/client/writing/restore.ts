import { unknownName } from '../../../lib/unknown-name.ts';
import { ShardQLError, wireToError } from '../../errors.ts';
import type { Refused, WrongShard } from '../../protocol/envelope.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import type {
  InPlaceTarget,
  RestoreScope,
  RestoreTarget,
  ShardPreview,
  ShardRestore,
  ShardRestores,
} from '../../restore.ts';
import { OPEN_RESTORE_STATES } from '../../restore.ts';
import type { Touched } from '../../stamps.ts';
import type { UndoPageRange } from '../../undo.ts';
import type { Version } from '../../version.ts';
import type { ShardConnection } from '../connection.ts';
import { placementInMotion } from '../failures.ts';
import { askAllShards, confirmedMap } from '../routing/ask-shards.ts';
import { Deadline } from '../routing/deadline.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';

/** A shard may look through millions of changes, in steps: that takes longer than a request usually has. In milliseconds. */
export const SURVEY_DEADLINE_MS = 60_000;

/** Of rows that are to go back to a version. */
type VersionTarget = Extract<InPlaceTarget, { readonly version: Version }>;

interface ShardTarget<Target extends RestoreTarget = InPlaceTarget> {
  readonly shard: string;
  readonly target: Target;
}

/** What a restore to a version would do, shard by shard; the first shards show their rows as far as `range` reaches. */
export async function previewRestore(
  connection: ShardConnection,
  scope: RestoreScope,
  version: Version,
  range: UndoPageRange,
): Promise<readonly ShardPreview[]> {
  const previews: ShardPreview[] = [];
  let { offset, limit } = range;
  for (const { shard, target } of await targetsOf(connection, scope, version)) {
    const request = { protocol: PROTOCOL_OF.recovery, target, range: { offset, limit } };
    const { preview } = await ask(connection, shard, (stub) => stub.previewRestore(request));
    previews.push({ shard, ...preview });
    const { total, rows } = preview.rows?.page ?? { total: 0, rows: [] };
    // A shard that had no room for all of its rows: what follows in others is not next.
    const isCut = rows.length < Math.min(limit, Math.max(0, total - offset));
    offset = Math.max(0, offset - total);
    limit = isCut ? 0 : limit - rows.length;
  }
  return previews;
}

/**
 * Begins a restore in all shards that it concerns, once each of them has said that it can. Should one fail nevertheless, the others
 * turn round.
 *
 * @param id a UUID, which it gets: one with an id that has begun is not begun again.
 * @throws ShardQLError of the first shard that cannot: nothing is fenced then.
 */
export async function startRestore(
  connection: ShardConnection,
  scope: RestoreScope,
  version: Version,
  id: string,
): Promise<void> {
  await beginRestore(connection, await targetsOf(connection, scope, version), id);
}

/** Takes a restore back, in all shards where it is done, provided that nobody has written to its rows since. `newId`: of what takes it back. */
export async function undoRestore(connection: ShardConnection, id: string, newId: string): Promise<void> {
  const parts = await partsOf(connection, id);
  const done = parts.filter(({ state }) => state === 'DONE');
  await beginRestore(connection, (done.length > 0 ? done : parts).map(undoing(id)), newId);
}

/** Begins what each of its shards has said that it can. */
export async function beginRestore(
  connection: ShardConnection,
  targets: readonly ShardTarget<RestoreTarget>[],
  id: string,
): Promise<void> {
  const inEach = (checksOnly: boolean) =>
    Promise.allSettled(targets.map((target) => beginIn(connection, target, id, checksOnly)));
  const failureOf = (settled: readonly PromiseSettledResult<unknown>[]) =>
    settled.find((outcome) => outcome.status === 'rejected');
  const refused = failureOf(await inEach(true));
  if (refused) throw refused.reason;
  const failed = failureOf(await inEach(false));
  if (!failed) return;
  await turnRound(
    connection,
    targets.map(({ shard }) => shard),
    id,
  ).catch(() => {});
  throw failed.reason;
}

/**
 * Turns a restore round in each of its shards where it is under way, and undoes it where it is done: then all is as before it.
 *
 * @throws ShardQLError NOT_FOUND for an unknown one. CONFLICT if it has ended everywhere, or if rows were written since in a shard where
 * it is done: nothing is cancelled then.
 */
export async function cancelRestore(connection: ShardConnection, id: string): Promise<void> {
  const parts = await partsOf(connection, id);
  const done = parts.filter(({ state }) => state === 'DONE');
  if (parts.every(({ state }) => !OPEN_RESTORE_STATES.includes(state))) {
    await cancelIn(connection, parts[0]!.shard, id);
  }
  await Promise.all(done.map((part) => beginIn(connection, undoing(id)(part), crypto.randomUUID(), true)));
  await turnRound(
    connection,
    parts.map(({ shard }) => shard),
    id,
  );
}

/** @throws ShardQLError if the shard cannot do it. Nothing is begun. */
export const checkRestore = async (connection: ShardConnection, target: ShardTarget<RestoreTarget>): Promise<void> => {
  await beginIn(connection, target, crypto.randomUUID(), true);
};

/** Cancels a restore in each shard; undoes it where it is done by now. */
async function turnRound(connection: ShardConnection, shards: readonly string[], id: string): Promise<void> {
  const undoId = crypto.randomUUID();
  const settled = await Promise.allSettled(
    shards.map(async (shard) => {
      try {
        await cancelIn(connection, shard, id);
      } catch (error) {
        if (!(error instanceof ShardQLError && error.code === 'CONFLICT')) throw error;
        const [restore] = await restoresIn(connection, shard, id);
        if (restore?.state === 'DONE') await beginIn(connection, { shard, target: { undoes: id } }, undoId, false);
      }
    }),
  );
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

const undoing =
  (id: string) =>
  ({ shard }: { readonly shard: string }): ShardTarget => ({ shard, target: { undoes: id } });

const beginIn = (
  connection: ShardConnection,
  { shard, target }: ShardTarget<RestoreTarget>,
  id: string,
  checksOnly: boolean,
) => ask(connection, shard, (stub) => stub.beginRestore({ protocol: PROTOCOL_OF.recovery, id, target, checksOnly }));

const cancelIn = (connection: ShardConnection, shard: string, id: string) =>
  ask(connection, shard, (stub) => stub.cancelRestore({ protocol: PROTOCOL_OF.recovery, id }));

async function restoresIn(connection: ShardConnection, shard: string, id: string): Promise<readonly ShardRestore[]> {
  const { restores } = await ask(connection, shard, (stub) => stub.restores({ protocol: PROTOCOL_OF.recovery }));
  return restores.filter((restore) => restore.id === id);
}

/** The latest restores of every shard. `continues`: shards take some steps of open ones before they answer. */
export async function listRestores(connection: ShardConnection, continues: boolean): Promise<readonly ShardRestores[]> {
  const request = { protocol: PROTOCOL_OF.recovery };
  const reports = await askAllShards<{ readonly restores: readonly ShardRestore[] }>(connection, async (stub) => {
    const answer = await (continues ? stub.continueRestores(request) : stub.restores(request));
    return answer.status === 'REFUSED' ? answer : { restores: answer.restores };
  });
  for (const { shard, status } of reports) if ('restores' in status) recordEnds(connection, shard, status.restores);
  return reports.map(({ shard, status }) => ('code' in status ? { shard, error: status } : { shard, ...status }));
}

/** For so long after its end, what a restore has changed is told to the isolate's cache; others learn of it by stamps. */
const TOLD_MS = 60_000;

/** The isolate that asks shows what was restored at once. */
function recordEnds({ scope }: ShardConnection, shard: string, restores: readonly ShardRestore[]): void {
  const touched = scope.model.tables.map(({ typeName }): Touched => [typeName, null]);
  for (const { shardKeys, endVersion, endedAtMs } of restores) {
    if (endVersion === null || endedAtMs! < scope.timers.now() - TOLD_MS) continue;
    scope.recordChange({ shard, shardKeys, version: endVersion, touched });
  }
}

/**
 * The shards of a restore, with what it is in each.
 *
 * @throws ShardQLError NOT_FOUND; that of a shard that does not answer, which may be one of them.
 */
async function partsOf(
  connection: ShardConnection,
  id: string,
): Promise<readonly (ShardRestore & { readonly shard: string })[]> {
  const found = await listRestores(connection, false);
  const silent = found.find((each) => 'error' in each);
  if (silent !== undefined) throw wireToError(silent.error);
  const parts = found.flatMap((each) =>
    'restores' in each
      ? each.restores.filter((restore) => restore.id === id).map((restore) => ({ ...restore, shard: each.shard }))
      : [],
  );
  if (parts.length > 0) return parts;
  throw new ShardQLError('NOT_FOUND', 'Expected the id of one of the latest restores, but got another.');
}

/** Whom a scope concerns. */
export async function targetsOf(
  connection: ShardConnection,
  scope: RestoreScope,
  version: Version,
): Promise<readonly ShardTarget<VersionTarget>[]> {
  if (scope === 'all') {
    const { shards } = await confirmedMap(connection);
    return shards.map(({ name }) => ({ shard: name, target: { shardKeys: null, version } }));
  }
  const routing = await connection.router.current();
  if ('shard' in scope) {
    const { shard } = scope;
    // To ask for an object by any name would create it.
    if (routing.map.shards.some(({ name }) => name === shard)) return [{ shard, target: { shardKeys: null, version } }];
    const names = routing.map.shards.map(({ name }) => name);
    throw new ShardQLError('NOT_FOUND', unknownName('shard', shard, names));
  }
  const keys = [...new Set(scope.shardKeys)];
  const byShard = groupByOwner([...keys.keys()], (index) => keys[index]!, routing);
  return [...byShard].map(([shard, indices]) => ({
    shard,
    target: { shardKeys: indices.map((index) => keys[index]!), version },
  }));
}

async function ask<Answer extends { readonly status: 'OK' }>(
  { scope, caller }: ShardConnection,
  shard: string,
  send: (stub: ShardRpc) => Promise<Answer | WrongShard | Refused>,
): Promise<Answer> {
  const deadline = new Deadline(scope.timers, SURVEY_DEADLINE_MS);
  const answer = await caller.call(shard, { shardKey: null, deadline }, send);
  if (answer.status === 'REFUSED') throw wireToError(answer.error);
  if (answer.status === 'WRONG_SHARD') throw placementInMotion(scope.settings.shedRetryAfterMs);
  return answer as Answer;
}
