/** What a page holds at most, one row or change aside: the shard does nothing else meanwhile, for some 10 ms. */
export interface PageLimits {
  readonly rows: number;
  readonly changes: number;
  readonly bytes: number;
}

export const PAGE_LIMITS: PageLimits = { rows: 2_000, changes: 1_000, bytes: 2_000_000 };
