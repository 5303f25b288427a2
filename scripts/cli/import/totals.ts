/** What became of rows. */
export interface Totals {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Dry runs only. */
  readonly valid: number;
}

export const NO_ROWS: Totals = { inserted: 0, updated: 0, unchanged: 0, failed: 0, valid: 0 };

export const addTotals = (a: Totals, b: Totals): Totals => ({
  inserted: a.inserted + b.inserted,
  updated: a.updated + b.updated,
  unchanged: a.unchanged + b.unchanged,
  failed: a.failed + b.failed,
  valid: a.valid + b.valid,
});

export const countRows = ({ inserted, updated, unchanged, failed, valid }: Totals): number =>
  inserted + updated + unchanged + failed + valid;

/** Such as `20 inserted, 0 updated, 0 unchanged, 1 failed`. */
export const describeTotals = ({ inserted, updated, unchanged, failed, valid }: Totals, isDryRun: boolean): string =>
  isDryRun
    ? `${valid} valid, ${failed} failed`
    : `${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ${failed} failed`;
