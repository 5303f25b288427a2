/**
 * Versions belong to shards: what is known of several is kept shard by shard. One number for all of them would refuse
 * every answer of a shard in which nothing has changed since another one's last commit.
 */
import type { Version } from './version.ts';

/** The state of one shard that an answer is made of. */
export interface ShardSnapshot {
  /** Name of the shard. */
  readonly shard: string;
  /** Every commit of the shard up to this version is in the answer. */
  readonly asOf: Version;
  /** Version of the last commit that the answer shows something of, or an upper bound. What a session has seen with it. */
  readonly changed: Version;
}

/** The states that an answer is made of. */
export interface AnswerState {
  /** One for each shard that answered; never empty. */
  readonly snapshots: readonly ShardSnapshot[];
  /** Epoch of the shard map by which it was asked for, or a later one that its shard knew. */
  readonly epoch: number;
}

/** What a session has written and been shown: answers that it is given hold all of it. Immutable, bounded in size. */
export interface SeenVersions {
  /**
   * The latest epoch that anything seen is of. Slots may have another owner since an earlier one, whose versions cannot be
   * compared with those of the owner before: answers of before do not count.
   */
  readonly epoch: number;
  /** What may have been seen of shards that are not listed. */
  readonly rest: Version;
  readonly versionByShard: ReadonlyMap<string, Version>;
}

export const NOTHING_SEEN: SeenVersions = { epoch: 0, rest: 0, versionByShard: new Map() };

/** More shards are not listed: a token travels in a header. */
export const MAX_SEEN_SHARDS = 32;

/** True if the answer holds all of it. */
export const holdsSeen = ({ snapshots, epoch }: AnswerState, seen: SeenVersions): boolean =>
  seen === NOTHING_SEEN ||
  (epoch >= seen.epoch && snapshots.every(({ shard, asOf }) => asOf >= (seen.versionByShard.get(shard) ?? seen.rest)));

/** Both together. */
export function mergeSeen(a: SeenVersions, b: SeenVersions): SeenVersions {
  if (a === NOTHING_SEEN || a === b) return b;
  if (b === NOTHING_SEEN) return a;
  const versions = new Map<string, Version>();
  for (const shard of [...a.versionByShard.keys(), ...b.versionByShard.keys()]) {
    versions.set(shard, Math.max(seenOf(a, shard), seenOf(b, shard)));
  }
  return bounded(Math.max(a.epoch, b.epoch), Math.max(a.rest, b.rest), versions);
}

/** What was seen before, and what this answer shows. */
export function addSeen(seen: SeenVersions, { snapshots, epoch }: AnswerState): SeenVersions {
  if (epoch <= seen.epoch && snapshots.every(({ shard, changed }) => changed <= seenOf(seen, shard))) return seen;
  const versionByShard = new Map(snapshots.map(({ shard, changed }) => [shard, changed]));
  return mergeSeen(seen, bounded(epoch, 0, versionByShard));
}

/** The least version of an answer: every commit up to it is in there, of whichever shard. */
export const leastAsOf = ({ snapshots }: Pick<AnswerState, 'snapshots'>): Version =>
  snapshots.reduce((least, { asOf }) => Math.min(least, asOf), Number.POSITIVE_INFINITY);

/** The state right after a commit, of which it is all that was seen. */
export const stateOfCommit = (shard: string, version: Version, epoch: number): AnswerState => ({
  snapshots: [{ shard, asOf: version, changed: version }],
  epoch,
});

const seenOf = ({ versionByShard, rest }: SeenVersions, shard: string): Version => versionByShard.get(shard) ?? rest;

/** The latest are listed, since of the others less is asked. */
function bounded(epoch: number, rest: Version, versions: ReadonlyMap<string, Version>): SeenVersions {
  let left = rest;
  if (versions.size > MAX_SEEN_SHARDS) {
    const ascending = Float64Array.from(versions.values()).sort();
    left = Math.max(rest, ascending[ascending.length - 1 - MAX_SEEN_SHARDS]!);
  }
  const listed = new Map<string, Version>();
  for (const [shard, version] of versions) if (version > left) listed.set(shard, version);
  return { epoch, rest: left, versionByShard: listed };
}

/** True for what a version or an epoch may be, where one is read from a text. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
