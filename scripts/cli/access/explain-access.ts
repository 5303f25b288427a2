import type { ApiClient } from '../api-client.ts';
import { parseAs } from '../parse-as.ts';

export interface ExplainOptions {
  /** `<role> {claims as JSON}`. */
  readonly as: string;
  /** Global id of a row. */
  readonly row: string;
  readonly action: string;
  readonly json: boolean;
}

interface Decision {
  readonly allowed: boolean;
  readonly decidedBy: string;
  readonly reason: string;
  readonly columns: readonly string[];
  readonly checks: readonly Check[];
  readonly transitions: readonly Transition[];
}

interface Check {
  readonly rule: string;
  readonly where: unknown;
  /** Null: it is about what a write makes of the row. */
  readonly holds: boolean | null;
  readonly missingClaims: readonly string[];
  /** Values of the columns that the part looks at. */
  readonly row: Readonly<Record<string, unknown>>;
}

interface Transition {
  readonly from: unknown;
  readonly to: unknown;
  /** Whether it leads on from what the row is. */
  readonly open: boolean;
  readonly row: Readonly<Record<string, unknown>>;
}

const EXPLAIN = `query ($role: String!, $claims: JSON, $nodeId: ID!, $action: AccessAction!) {
  explainAccess(role: $role, claims: $claims, nodeId: $nodeId, action: $action) {
    allowed decidedBy reason columns checks { rule where holds missingClaims row } transitions { from to open row }
  }
}`;

export const ACTIONS = ['read', 'create', 'update', 'delete'] as const;

/** Prints which rule decides; false: the caller may not. */
export async function explainAccess(api: ApiClient, { as, row, action, json }: ExplainOptions): Promise<boolean> {
  const { role, claims } = parseAs(as);
  const variables = { role, claims, nodeId: row, action: action.toUpperCase() };
  const { explainAccess: decision } = await api.operate<{ explainAccess: Decision }>(EXPLAIN, variables);
  console.log(json ? JSON.stringify({ as, row, action, ...decision }) : showDecision(decision));
  return decision.allowed;
}

function showDecision({ allowed, decidedBy, reason, columns, checks, transitions }: Decision): string {
  return [
    `${allowed ? 'allowed' : 'denied'} by ${decidedBy}: ${reason}`,
    ...checks.map((check) => `  ${stateOf(check)}  ${check.rule}  ${JSON.stringify(check.where)}${shown(check.row)}`),
    ...transitions.map(
      ({ from, to, open, row }) =>
        `  ${open ? 'open  ' : 'closed'} from ${JSON.stringify(from)} to ${JSON.stringify(to)}${shown(row)}`,
    ),
    ...(columns.length > 0 ? [`  columns: ${columns.join(', ')}`] : []),
  ].join('\n');
}

const shown = (row: Readonly<Record<string, unknown>>): string =>
  Object.keys(row).length === 0 ? '' : `  row: ${JSON.stringify(row)}`;

/** Of one length, so that what follows is in columns. */
const stateOf = ({ holds }: Check): string => (holds === null ? 'later' : holds ? 'true ' : 'FALSE');
