import { type AnswerState, addSeen, NOTHING_SEEN, type SeenVersions } from '../../../src/shards/seen-versions.ts';

/** The one shard of tests in which there is no other. */
export const LAB_SHARD = 'shard-1';

/** The state of the lab's shard at a version. */
export const labState = (asOf: number, changed = asOf): AnswerState => ({
  snapshots: [{ shard: LAB_SHARD, asOf, changed }],
  epoch: 1,
});

/** What a session has seen that was shown the lab's shard at this version. */
export const seenOf = (version: number): SeenVersions => addSeen(NOTHING_SEEN, labState(version));
