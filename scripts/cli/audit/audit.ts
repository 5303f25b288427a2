import { type AuditPage, MAX_AUDIT_ENTRIES, MAX_AUDIT_PAGE, type ShownAuditEntry } from '../../../src/shards/audit.ts';
import { alignColumns } from '../align-columns.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface AuditOptions {
  readonly json: boolean;
  /** How many entries are shown. */
  readonly limit: string;
}

const QUERY = `query ($first: Int!, $after: String) {
  auditLog(first: $first, after: $after) {
    nodes { at action target outcome role by issuer name address requestId }
    hasNextPage endCursor
  }
}`;

/** Prints what operators did, latest first. */
export async function showAudit(api: ApiClient, { json, limit }: AuditOptions): Promise<void> {
  const entries = await latest(api, parseLimit(limit));
  if (json) console.log(JSON.stringify({ auditLog: entries }));
  else if (entries.length === 0) console.log('nothing recorded');
  else console.log(alignColumns([['at', 'action', 'target', 'outcome', 'who', 'address'], ...entries.map(cellsOf)]));
}

async function latest(api: ApiClient, limit: number): Promise<ShownAuditEntry[]> {
  const entries: ShownAuditEntry[] = [];
  for (let after: string | null = null; entries.length < limit; ) {
    const variables: Record<string, unknown> = { first: Math.min(MAX_AUDIT_PAGE, limit - entries.length), after };
    const { auditLog }: { auditLog: AuditPage } = await api.operate(QUERY, variables);
    entries.push(...auditLog.nodes);
    if (!auditLog.hasNextPage) break;
    after = auditLog.endCursor;
  }
  return entries;
}

const cellsOf = ({ at, action, target, outcome, role, by, name, address }: ShownAuditEntry): string[] => [
  at,
  action,
  target ?? '-',
  outcome,
  by === 'none' ? role : `${role} by ${by}${name === null ? '' : ` ${name}`}`,
  address,
];

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_AUDIT_ENTRIES) return limit;
  throw new CliError(`Expected --limit to be an integer from 1 to ${MAX_AUDIT_ENTRIES}, but got "${text}".`);
}
