/** How often each thing happens at a step of a history, in parts of one; for the rest a moment passes. */
export interface Chances {
  readonly read: number;
  readonly write: number;
  readonly consume: number;
  readonly crash: number;
  /** KV goes down or comes back. */
  readonly kv: number;
  readonly clock: number;
  readonly sleep: number;
  /** Long enough for all that is cached to die. */
  readonly pause: number;
  /** Of a write: its answer is lost, and its router sends it again, to the next life of the shard as often as not. */
  readonly lost: number;
}

/** Much is asked, and everything happens now and then. */
export const BUSY: Chances = {
  ...{ read: 0.45, write: 0.17, consume: 0.08, crash: 0.03 },
  ...{ kv: 0.02, clock: 0.02, sleep: 0.03, pause: 0.01, lost: 0.05 },
};

/** Shards that are in memory for a few requests at a time, and seldom end as they should. */
export const SLEEPY: Chances = {
  ...{ read: 0.25, write: 0.15, consume: 0.04, crash: 0.08 },
  ...{ kv: 0.01, clock: 0.01, sleep: 0.2, pause: 0.03, lost: 0.2 },
};

/** Length of a history of those. */
export const SLEEPY_STEPS = 30;
