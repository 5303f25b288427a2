import { AUDIT_RESULTS, type AuditCount } from '../../audit-count.ts';
import { AUDIT_AGES_MS } from '../../invalidation.ts';

/** What audits of this shard's commits have found, by age and result; from zero on, so that a first finding is a rise. */
export class AuditCounts {
  #counts: readonly AuditCount[] = AUDIT_AGES_MS.flatMap((ageMs) =>
    AUDIT_RESULTS.map((result) => ({ ageMs, result, count: 0 })),
  );

  /** Ages and results that this release does not know are left out. */
  add(added: readonly AuditCount[]): void {
    this.#counts = this.#counts.map((known) => {
      const same = added.filter(({ ageMs, result }) => ageMs === known.ageMs && result === known.result);
      return { ...known, count: same.reduce((sum, { count }) => sum + count, known.count) };
    });
  }

  get counts(): readonly AuditCount[] {
    return this.#counts;
  }
}
