import type { ConsistencyMode } from '../model/types.ts';
import type { Version } from '../shards/version.ts';

/** How fresh an answer must be for a read: what `@consistency`, the tables' policies and the session's token come to. */
export interface Requirement {
  readonly mode: ConsistencyMode;
  /** BOUNDED: greatest staleness, in milliseconds before the request's start. Ignored in other modes. */
  readonly maxStalenessMs: number;
  /** SESSION: the answer must hold every commit up to this version; 0: the session has seen nothing. Ignored in other modes. */
  readonly token: Version;
}

export const STRONG: Requirement = { mode: 'STRONG', maxStalenessMs: 0, token: 0 };
