import type { ConsistencyMode } from '../model/types.ts';
import { NOTHING_SEEN, type SeenVersions } from '../shards/seen-versions.ts';

/**
 * How fresh an answer must be for a read: what `@consistency`, the policies of the tables and the session's token come to.
 * All conditions hold together: fields of one read that ask for different modes are read so that each gets what it asked.
 */
export interface Requirement {
  /** The strongest mode asked for. STRONG: only the shard may answer. */
  readonly mode: ConsistencyMode;
  /** Greatest staleness, in milliseconds before the request's start; null: no bound but the entry's life. */
  readonly maxStalenessMs: number | null;
  /** The answer must hold all of it. */
  readonly seen: SeenVersions;
}

export const STRONG: Requirement = { mode: 'STRONG', maxStalenessMs: null, seen: NOTHING_SEEN };
