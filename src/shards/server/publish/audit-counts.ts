import { AUDIT_AGES_MS } from '../../invalidation.ts';
import { AUDIT_RESULTS, type AuditCount } from '../../protocol.ts';

const nameOf = ({ ageMs, result }: Pick<AuditCount, 'ageMs' | 'result'>): string => `${ageMs} ${result}`;

/** What audits of this shard's commits have found, by age and result; from zero on, so that a first finding is a rise. */
export class AuditCounts {
  readonly #countByName = new Map(
    AUDIT_AGES_MS.flatMap((ageMs) =>
      AUDIT_RESULTS.map((result): [string, AuditCount] => [nameOf({ ageMs, result }), { ageMs, result, count: 0 }]),
    ),
  );

  /** Ages and results that this release does not know are left out. */
  add(counts: readonly AuditCount[]): void {
    for (const added of counts) {
      const known = this.#countByName.get(nameOf(added));
      if (known) this.#countByName.set(nameOf(added), { ...known, count: known.count + added.count });
    }
  }

  get counts(): AuditCount[] {
    return [...this.#countByName.values()];
  }
}
