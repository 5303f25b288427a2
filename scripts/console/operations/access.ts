export interface RolesAnswer {
  readonly roles: readonly { readonly name: string; readonly claims: readonly string[] }[];
}

export const ROLES = `query Roles {
  roles { name claims }
}`;

export const ACTIONS = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const;

export interface AccessAnswer {
  readonly explainAccess: {
    readonly allowed: boolean;
    readonly decidedBy: string;
    readonly reason: string;
    readonly columns: readonly string[];
    readonly checks: readonly {
      readonly rule: string;
      readonly where: unknown;
      readonly holds: boolean | null;
      readonly missingClaims: readonly string[];
      readonly row: unknown;
    }[];
    readonly transitions: readonly {
      readonly from: unknown;
      readonly to: unknown;
      readonly open: boolean;
      readonly row: unknown;
    }[];
  };
}

export const EXPLAIN_ACCESS = `query ExplainAccess($role: String!, $claims: JSON, $nodeId: ID!, $action: AccessAction!) {
  explainAccess(role: $role, claims: $claims, nodeId: $nodeId, action: $action) {
    allowed decidedBy reason columns
    checks { rule where holds missingClaims row }
    transitions { from to open row }
  }
}`;
