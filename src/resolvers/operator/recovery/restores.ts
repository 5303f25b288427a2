import type { Model } from '../../../model/types.ts';
import { ShardQLError, type WireError, wireToError } from '../../../shards/errors.ts';
import type { RestoreState, ShardRestore, ShardRestores } from '../../../shards/restore.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import { versionToMs, versionToText } from '../../../shards/version.ts';
import type { RequestContext } from '../../context.ts';
import type { ConfirmedAction } from '../confirmation/confirmed.ts';
import { typeOfKey } from '../shard-keys.ts';

/** A restore, over all its shards. */
export interface ShownRestore {
  readonly id: string;
  readonly state: RestoreState;
  /** ISO 8601, as the others. */
  readonly time: string;
  readonly version: string;
  /** What is restored: some shard keys as clients write them, a shard, or all. The other two are null, and false. */
  readonly shardKeys: readonly string[] | null;
  /** Of a table that they are of. */
  readonly type: string | null;
  readonly shard: string | null;
  readonly all: boolean;
  readonly undoes: string | null;
  /** Null: it was not undone, or not in all of its shards. */
  readonly undoneBy: string | null;
  /** Shard key whose rows it copies, and under which it writes them; null: it takes rows back in place. */
  readonly copyOf: string | null;
  readonly as: string | null;
  /** Why a copy has turned round by itself, or why the last step of an open restore has failed; null: neither has happened. */
  readonly problem: WireError | null;
  readonly total: number;
  readonly takenBack: number;
  readonly beganAt: string;
  /** Null: it has not ended. */
  readonly endedAt: string | null;
  readonly shards: readonly ShownShardRestore[];
  /** Shards that do not answer now: it may have parts there, of which all of this says nothing. */
  readonly silentShards: readonly SilentShard[];
}

export interface SilentShard {
  readonly name: string;
  readonly error: WireError;
}

interface ShownShardRestore extends ShardRestore {
  readonly name: string;
}

/** Takes a restore back that is done. NOT_FOUND for ids of none. */
export function restoreUndo(id: string, context: RequestContext): ConfirmedAction<ShownRestore, ShownRestore> {
  return {
    action: 'undo-restore',
    target: id,
    args: { id },
    preview: () => findRestore(id, context),
    // What was written since, the shards look after.
    stateOf: ({ state, endedAt }) => [state, endedAt],
    performed: (newId) => restoreBegun(newId, context),
    async perform(newId) {
      await context.shards.undoRestore(id, newId);
      return await begun(newId, context);
    },
  };
}

/** The restore with this id, some steps further; null: none has begun that shards tell of. */
export async function restoreBegun(id: string, context: RequestContext): Promise<ShownRestore | null> {
  const answers = await context.shards.restores(false);
  const hasBegun = answers.some((answer) => 'restores' in answer && answer.restores.some((each) => each.id === id));
  return hasBegun ? await begun(id, context) : null;
}

/** Id of the latest restore that shards tell of; null: there is none. */
export async function latestRestore({ shards }: RequestContext): Promise<string | null> {
  const restores = (await shards.restores(false)).flatMap((answer) => ('restores' in answer ? answer.restores : []));
  return restores.sort((a, b) => b.beganAtMs - a.beganAtMs || (a.id < b.id ? 1 : -1))[0]?.id ?? null;
}

async function findRestore(id: string, context: RequestContext): Promise<ShownRestore> {
  const restore = (await listRestores(context)).find((each) => each.id === id);
  if (restore !== undefined) return restore;
  throw unknownRestore();
}

export async function cancelRestore(id: string, context: RequestContext): Promise<ShownRestore> {
  await context.shards.cancelRestore(id);
  return await begun(id, context);
}

/** The same, for a restore that has just started or reversed: it goes on even if nobody can say how far it is. */
export async function begun(id: string, context: RequestContext): Promise<ShownRestore> {
  try {
    return await continueRestore(id, context);
  } catch (error) {
    throw error instanceof ShardQLError && error.code !== 'NOT_FOUND' ? begunUnseen(id, error) : error;
  }
}

const begunUnseen = (id: string, { code, message, details }: ShardQLError): ShardQLError =>
  new ShardQLError(code, `${message} Restore ${id} has begun all the same, and goes on by itself.`, details);

/**
 * Has the shards that answer take some steps at once, and tells how far they are. While one is silent, which may be one of the restore's,
 * the restore has not ended.
 *
 * @throws ShardQLError NOT_FOUND; that of a silent shard, if no other one has the restore.
 */
export async function continueRestore(id: string, { shards, reader, model }: RequestContext): Promise<ShownRestore> {
  const continued = await shards.restores(true);
  const silentShards = silentOf(continued);
  const answers = silentShards.length === 0 ? continued : answeredBy(continued, await shards.restores(false));
  const restore = shownRestores(model, answers, silentShards).find((each) => each.id === id);
  if (restore === undefined) {
    requireAll(continued);
    throw unknownRestore();
  }
  for (const { name: shard, endVersion } of restore.shards) {
    // What is read next in this session shows it.
    if (endVersion !== null) reader.wrote({ shard, version: endVersion, epoch: 0, origin: null });
  }
  if (restore.silentShards.length === 0) return restore;
  const isTurned = restore.state === 'CANCELLING' || restore.state === 'CANCELLED';
  return { ...restore, state: isTurned ? 'CANCELLING' : 'RUNNING', endedAt: null };
}

const unknownRestore = (): ShardQLError =>
  new ShardQLError('NOT_FOUND', 'Expected the id of one of the latest restores, but got another.');

/**
 * The latest restores, newest first, by what the shards tell that answer.
 *
 * @throws ShardQLError that of a silent shard, if no other one has any.
 */
export async function listRestores({ shards, model }: RequestContext): Promise<readonly ShownRestore[]> {
  const answers = await shards.restores(false);
  const restores = shownRestores(model, answers, silentOf(answers));
  if (restores.length === 0) requireAll(answers);
  return restores;
}

/** @throws ShardQLError of the first shard that does not answer. */
function requireAll(answers: readonly ShardRestores[]): void {
  const silent = answers.find((answer) => 'error' in answer);
  if (silent !== undefined) throw wireToError(silent.error);
}

const silentOf = (answers: readonly ShardRestores[]): SilentShard[] =>
  answers.flatMap((answer) => ('error' in answer ? [{ name: answer.shard, error: answer.error }] : []));

/** A shard that was reset by a step, for want of room, say, can tell all the same how far it is. */
const answeredBy = (first: readonly ShardRestores[], second: readonly ShardRestores[]): ShardRestores[] =>
  first.map((answer) => ('error' in answer ? (second.find(({ shard }) => shard === answer.shard) ?? answer) : answer));

function shownRestores(
  model: Model,
  answers: readonly ShardRestores[],
  silentShards: readonly SilentShard[],
): ShownRestore[] {
  const parts = answers.flatMap((answer) =>
    'error' in answer ? [] : answer.restores.map((restore) => ({ name: answer.shard, ...restore })),
  );
  return [...Map.groupBy(parts, ({ id }) => id).values()]
    .map((restore) => ({ ...shownRestore(model, restore, answers.length), silentShards }))
    .sort((a, b) => (a.beganAt < b.beganAt ? 1 : -1));
}

/** The first of these that a shard is in. */
const ORDER: readonly RestoreState[] = ['CANCELLING', 'RUNNING', 'CANCELLED', 'DONE', 'UNDONE'];

/** @param shardCount of all shards. */
function shownRestore(
  model: Model,
  parts: readonly ShownShardRestore[],
  shardCount: number,
): Omit<ShownRestore, 'silentShards'> {
  const { id, target, undoes, undoneBy, copyOf: source, shardKeys } = parts[0]!;
  const state = ORDER.find((each) => parts.some((part) => part.state === each))!;
  const sum = (name: 'total' | 'takenBack') => parts.reduce((total, part) => total + part[name], 0);
  const ends = parts.map(({ endedAtMs }) => endedAtMs);
  return {
    id,
    state,
    time: isoOf(versionToMs(target)),
    version: versionToText(target),
    ...shownScope(model, parts, shardCount),
    undoes,
    undoneBy: state === 'UNDONE' ? undoneBy : null,
    copyOf: source && valueOfShardKey(source.shardKey),
    as: source && valueOfShardKey(shardKeys![0]!),
    problem: parts.find(({ problem }) => problem !== null)?.problem ?? null,
    total: sum('total'),
    takenBack: sum('takenBack'),
    beganAt: isoOf(Math.min(...parts.map(({ beganAtMs }) => beganAtMs))),
    endedAt: ends.includes(null) ? null : isoOf(Math.max(...(ends as number[]))),
    shards: parts,
  };
}

function shownScope(model: Model, parts: readonly ShownShardRestore[], shardCount: number) {
  const keys = parts.flatMap(({ shardKeys }) => shardKeys ?? []);
  if (parts.some(({ shardKeys }) => shardKeys !== null)) {
    const type = keys[0] === undefined ? null : typeOfKey(model, keys[0]);
    return { shardKeys: keys.map(valueOfShardKey), type, shard: null, all: false };
  }
  const all = parts.length === shardCount;
  return { shardKeys: null, type: null, shard: all ? null : parts[0]!.name, all };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
