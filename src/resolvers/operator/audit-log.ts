import { badUserInput } from '../../plans/bad-user-input.ts';
import { type AuditPage, MAX_AUDIT_PAGE } from '../../shards/audit.ts';
import type { AuditTrail } from '../../shards/client/audit-trail.ts';

interface AuditLogArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

export async function resolveAuditLog(
  audit: AuditTrail,
  { first, after = null }: AuditLogArguments,
): Promise<AuditPage> {
  if (!Number.isInteger(first) || first < 0 || first > MAX_AUDIT_PAGE) {
    throw badUserInput(`Expected first to be 0 to ${MAX_AUDIT_PAGE}, but got ${first}.`);
  }
  const entries = await audit.before(after === null ? Number.MAX_SAFE_INTEGER : seqOf(after), first + 1);
  const shown = entries.slice(0, first);
  return {
    nodes: shown.map(({ atMs, action, target, outcome, actor, requestId }) => ({
      at: new Date(atMs).toISOString(),
      action,
      target,
      outcome,
      ...actor,
      requestId,
    })),
    hasNextPage: entries.length > first,
    endCursor: shown.length === 0 ? null : String(shown.at(-1)!.seq),
  };
}

function seqOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw badUserInput('Expected after to be an endCursor of another page, but got another text.');
}
