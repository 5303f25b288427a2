/**
 * What an audit found of an entry. `absent`: there is none. `consistent`: it holds the change, or is not served.
 * `inconsistent`: it is served and does not. `unclear`: there were further changes, so that it is unknown.
 */
export const AUDIT_RESULTS = ['absent', 'consistent', 'unclear', 'inconsistent'] as const;

export type AuditResult = (typeof AUDIT_RESULTS)[number];

export interface AuditCount {
  /** Age of the commits when they were looked at, in milliseconds. */
  readonly ageMs: number;
  readonly result: AuditResult;
  readonly count: number;
}

/** The sum of two lists of counts; what only one of them has is in it too. */
export function addAudits(counts: readonly AuditCount[], added: readonly AuditCount[]): AuditCount[] {
  const isSame = (a: AuditCount) => (b: AuditCount) => a.ageMs === b.ageMs && a.result === b.result;
  const sums = counts.map((known) => ({ ...known, count: known.count + (added.find(isSame(known))?.count ?? 0) }));
  return [...sums, ...added.filter((each) => !counts.some(isSame(each)))];
}
