/** Why a caller may do something with a row, or may not: which rule of the model decides, and which part of it. */
import { conjunctsOf, missingClaims, shownRule } from '../../model/access/rule-parts.ts';
import type { RowRule, TableRules } from '../../model/table-rules.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { CallerRules } from '../../plans/access/caller-rules.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { rowByKeyPlan } from '../../plans/internal-plans.ts';
import { PlanValues } from '../../plans/plan-values.ts';
import { decodeNodeId, type NodeId } from '../../plans/tokens/node-id.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import { rowsOf } from '../../shards/plan/source.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { type Caller, OPERATOR } from '../../shards/protocol/envelope.ts';
import { shardKeyOf } from '../../shards/shard-key.ts';

export const ACCESS_ACTIONS = ['READ', 'CREATE', 'UPDATE', 'DELETE'] as const;
export type AccessAction = (typeof ACCESS_ACTIONS)[number];

interface AccessQuestion extends Caller {
  readonly nodeId: string;
  readonly action: AccessAction;
}

/** A part of a rule: all of them have to hold. */
export interface AccessCheck {
  /** Where it stands in the model: `Type.access.role.read`. */
  readonly rule: string;
  /** The part, with claims as `{ claim: name }`; `true`: all rows. */
  readonly where: unknown;
  /** Null: it is about what a write makes of the row. */
  readonly holds: boolean | null;
  /** Claims that the part compares with, and the caller does not have: it is false then. */
  readonly missingClaims: readonly string[];
}

export interface AccessDecision {
  readonly isAllowed: boolean;
  /** The rule that decides; also one that is missing. */
  readonly decidedBy: string;
  readonly reason: string;
  readonly checks: readonly AccessCheck[];
  /** Columns that the caller may read; or give, where it creates or updates. */
  readonly columns: readonly string[];
}

/** @throws ShardQLError BAD_USER_INPUT for what is no global id, NOT_FOUND if there is no such row. */
export async function explainAccess(
  { role, claims, nodeId, action }: AccessQuestion,
  { model, shards }: { readonly model: Model; readonly shards: ShardClient },
): Promise<AccessDecision> {
  const row = decodeNodeId(model, nodeId);
  const { table } = row;
  if (!(await finds(shards, row, rowByKeyPlan(table)))) {
    throw new ShardQLError(
      'NOT_FOUND',
      `Expected the id of a row, but got that of no ${table.typeName} that is there.`,
    );
  }
  if (role === OPERATOR.role) return { ...ALLOWED, decidedBy: role, columns: namesOf(table) };
  const rules = model.roles.get(role)?.get(table.typeName);
  const path = `${table.typeName}.access.${role}`;
  if (rules === undefined) return denied(path, `The role ${role} has no rule for ${table.typeName} that lets it read.`);
  const verb = action.toLowerCase() as Lowercase<AccessAction>;
  if (rules[verb] === null && verb !== 'read') {
    return denied(`${path}.${verb}`, `The role ${role} has no rule that lets it ${verb} rows of ${table.typeName}.`);
  }
  const caller = new CallerRules(model, { role, claims });
  const checks: AccessCheck[] = [];
  for (const { rule, where, isOfWrite } of partsToHold(path, rules, verb)) {
    const holds = isOfWrite ? null : where === null || (await fits(shards, row, caller, where));
    checks.push({ rule, where: shownRule(where ?? true), holds, missingClaims: missingClaims(where, claims) });
  }
  return decide(path, checks, columnsOf(rules, verb));
}

/** Whether the rule is true for the row. */
function fits(shards: ShardClient, row: NodeId, caller: CallerRules, rule: RowRule): Promise<boolean> {
  const { typeName, primaryKey } = row.table;
  const values = new PlanValues();
  const fitting = rowsOf(typeName, { access: caller.filterOf(typeName, rule, values) });
  const plan = compilePlan(oneNode(fitting, { ...matchOn(primaryKey.names), columns: [] }));
  return finds(shards, row, plan, values.ofMaking);
}

async function finds(
  shards: ShardClient,
  { table, primaryKey }: NodeId,
  plan: CompiledPlan<OneNode>,
  values: readonly PlanValue[] = [],
): Promise<boolean> {
  const [answer = null] = await shards.read({
    plan,
    values,
    keys: [primaryKey],
    shardKeys: [shardKeyOf(table, primaryKey)],
  });
  return answer !== null;
}

interface Part {
  readonly rule: string;
  readonly where: RowRule;
  readonly isOfWrite: boolean;
}

function partsToHold(path: string, rules: TableRules, verb: Lowercase<AccessAction>): Part[] {
  const { read, create, update } = rules;
  const parts = (name: string, rule: RowRule, isOfWrite = false): Part[] =>
    conjunctsOf(rule).map((where) => ({ rule: `${path}.${name}`, where, isOfWrite }));
  switch (verb) {
    case 'read':
      return parts('read', read);
    case 'create':
      return parts('create.check', create!.check);
    case 'update':
      return [
        ...parts('read', read),
        ...parts('update.where', update!.where),
        ...parts('update.check', update!.check, true),
        ...(update!.transitions === null ? [] : parts('update.transitions', { OR: update!.transitions }, true)),
      ];
    case 'delete':
      return [...parts('read', read), ...parts('delete', rules.delete!.where)];
  }
}

function decide(path: string, checks: readonly AccessCheck[], columns: readonly string[]): AccessDecision {
  const failed = checks.find(({ holds }) => holds === false);
  if (failed) {
    const { rule, missingClaims: missing } = failed;
    const names = missing.map((name) => JSON.stringify(name)).join(' and ');
    const reason =
      missing.length > 0
        ? `The caller lacks the claim ${names}, which the rule compares with: it is false.`
        : 'The row does not fit the rule.';
    return { isAllowed: false, decidedBy: rule, reason, checks, columns: [] };
  }
  return { ...ALLOWED, decidedBy: checks.at(-1)?.rule ?? path, reason: reasonToAllow(checks), checks, columns };
}

const reasonToAllow = (checks: readonly AccessCheck[]): string =>
  checks.some(({ holds }) => holds === null)
    ? 'The row fits; what the write makes of it has to fit as well.'
    : 'The row fits.';

const ALLOWED = { isAllowed: true, reason: 'Operators need no rules.', checks: [] } as const;

const denied = (decidedBy: string, reason: string): AccessDecision => ({
  isAllowed: false,
  decidedBy,
  reason,
  checks: [],
  columns: [],
});

const namesOf = ({ columns }: TableModel): string[] => columns.map(({ name }) => name);

const columnsOf = ({ columns, create, update }: TableRules, verb: Lowercase<AccessAction>): string[] => [
  ...(verb === 'create' ? create!.columns : verb === 'update' ? update!.columns : columns),
];

/** @throws ShardQLError BAD_USER_INPUT for claims that are no object. */
export function claimsOf(claims: unknown): Caller['claims'] {
  if (claims === undefined || claims === null) return {};
  if (typeof claims === 'object' && !Array.isArray(claims)) return claims as Caller['claims'];
  throw badUserInput(`Expected claims to be an object, but got ${JSON.stringify(claims)?.slice(0, 100)}.`);
}
