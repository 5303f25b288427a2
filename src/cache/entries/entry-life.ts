import type { Model } from '../../model/types.ts';

/** How long an answer may be kept. */
export interface EntryLife {
  readonly ttlMs: number;
  readonly swrMs: number;
}

/** The least that the policies of the tables involved allow. */
export function entryLife(model: Model, tables: readonly string[]): EntryLife {
  const policies = tables.map((table) => model.table(table).cache);
  return {
    ttlMs: 1_000 * Math.min(...policies.map(({ ttlSeconds }) => ttlSeconds)),
    swrMs: 1_000 * Math.min(...policies.map(({ swrSeconds }) => swrSeconds)),
  };
}
