import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import type { AuditResult } from '../../../audit-count.ts';
import type { Rule } from '../finding.ts';
import { operationsBy } from '../suspects.ts';

/** After less, a location may still have an older copy of KV's. */
const AGE_MS = 60_000;

/** An audit found an answer that is served although it lacks a commit. */
export const cacheAuditRule: Rule<'cache-audit'> = ({ audits, recent }) => {
  const countOf = (wanted: AuditResult) =>
    audits.reduce((sum, { ageMs, result, count }) => sum + (ageMs >= AGE_MS && result === wanted ? count : 0), 0);
  const inconsistent = countOf('inconsistent');
  if (inconsistent === 0 && countOf('consistent') === 0) return [];
  const [first] = operationsBy(recent, ({ usage }) => usage.rowsWritten);
  return [
    {
      subject: DEPLOYMENT,
      status: inconsistent > 0 ? 'BROKEN' : 'WELL',
      severity: 'CRITICAL',
      rank: 1,
      summary: `${inconsistent} audit${inconsistent === 1 ? '' : 's'} found answers of the cache that lack a commit of a minute ago.`,
      remedy:
        'The log has cache-inconsistency with shard, table and age. Until the cause is known, read the table in STRONG: @consistency in queries, or cache: { mode: "STRONG" } of the model (docs/consistency.md). Please report it.',
      evidence: { ...NO_EVIDENCE, operation: first?.label ?? null },
    },
  ];
};
