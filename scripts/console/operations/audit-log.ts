export interface AuditEntry {
  readonly at: string;
  readonly action: string;
  readonly target: string | null;
  readonly outcome: string;
  readonly role: string;
  readonly by: string;
  readonly issuer: string | null;
  readonly name: string | null;
  readonly address: string;
  readonly requestId: string;
}

export interface AuditAnswer {
  readonly auditLog: {
    readonly nodes: readonly AuditEntry[];
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
  };
}

export const AUDIT_LOG = `query AuditLog($first: Int!, $after: String) {
  auditLog(first: $first, after: $after) {
    nodes { at action target outcome role by issuer name address requestId }
    hasNextPage
    endCursor
  }
}`;
