import { badUserInput } from '../../plans/bad-user-input.ts';
import type { AuditedAction } from '../../shards/audit.ts';
import type { AuditTrail } from '../../shards/client/audit-trail.ts';

export const MAX_AUDIT_PAGE = 1_000;

/** What an operator did, as operators see it. */
export interface ShownAuditEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly action: AuditedAction;
  readonly target: string | null;
  readonly outcome: string;
  readonly role: string;
  readonly by: string;
  readonly issuer: string | null;
  readonly name: string | null;
  readonly address: string;
  readonly requestId: string;
}

export interface AuditPage {
  readonly nodes: readonly ShownAuditEntry[];
  readonly hasNextPage: boolean;
  /** Null: the page is empty. */
  readonly endCursor: string | null;
}

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
