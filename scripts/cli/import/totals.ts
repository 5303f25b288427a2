/** What became of rows. */
export interface Totals {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Dry runs only. */
  readonly valid: number;
  /** Rows, counted above as well, whose key an earlier row of the import has, as far as this was noticed. */
  readonly repeated: number;
}

export const NO_ROWS: Totals = { inserted: 0, updated: 0, unchanged: 0, failed: 0, valid: 0, repeated: 0 };

export const addTotals = (a: Totals, b: Totals): Totals => ({
  inserted: a.inserted + b.inserted,
  updated: a.updated + b.updated,
  unchanged: a.unchanged + b.unchanged,
  failed: a.failed + b.failed,
  valid: a.valid + b.valid,
  repeated: a.repeated + b.repeated,
});

export const countRows = ({ inserted, updated, unchanged, failed, valid }: Totals): number =>
  inserted + updated + unchanged + failed + valid;

/** Such as `20 inserted, 0 updated, 0 unchanged, 1 failed`. */
export function describeTotals(totals: Totals, isDryRun: boolean): string {
  const { inserted, updated, unchanged, failed, valid, repeated } = totals;
  const counts = isDryRun
    ? `${valid} valid, ${failed} failed`
    : `${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ${failed} failed`;
  return repeated === 0 ? counts : `${counts}; ${repeated} with the key of an earlier row`;
}
