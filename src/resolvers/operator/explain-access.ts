/** Why a caller may do something with a row, or may not: which rule of the model decides, and which part of it. */
import { columnsIn, conjunctsOf, missingClaims, shownRule } from '../../model/access/rule-parts.ts';
import { unknownRole } from '../../model/access/unknown-role.ts';
import type { RowRule, TableRules, UpdateRules } from '../../model/table-rules.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { CallerRules } from '../../plans/access/caller-rules.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { decodeNodeId } from '../../plans/tokens/node-id.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ANONYMOUS, type Caller, OPERATOR } from '../../shards/protocol/envelope.ts';
import { AskedRow } from './asked-row.ts';

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
  /** The row's values of the columns that the part looks at. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** A change that an update may make. */
export interface AccessTransition {
  /** With claims as in {@link AccessCheck.where}. */
  readonly from: unknown;
  readonly to: unknown;
  /** Whether `from` is true for the row. */
  readonly isOpen: boolean;
  /** The row's values of the columns that `from` looks at. */
  readonly row: Readonly<Record<string, unknown>>;
}

export interface AccessDecision {
  readonly isAllowed: boolean;
  /** The rule that decides; also one that is missing. */
  readonly decidedBy: string;
  readonly reason: string;
  readonly checks: readonly AccessCheck[];
  /** Of an update whose rule names some: besides them, a row may stay as it is. */
  readonly transitions: readonly AccessTransition[];
  /** Columns that the caller may read; or give, where it creates or updates. */
  readonly columns: readonly string[];
}

/** @throws ShardQLError BAD_USER_INPUT for a role that no rule lets in and what is no global id, NOT_FOUND if there is no such row. */
export async function explainAccess(
  { role, claims, nodeId, action }: AccessQuestion,
  { model, shards }: { readonly model: Model; readonly shards: ShardClient },
): Promise<AccessDecision> {
  const unknown = unknownRole(model, role, 'role', [ANONYMOUS.role, OPERATOR.role]);
  if (unknown !== null) throw badUserInput(unknown);
  const id = decodeNodeId(model, nodeId);
  const row = await AskedRow.read(shards, id);
  const { table } = id;
  if (role === OPERATOR.role) return { ...ALLOWED, decidedBy: role, columns: namesOf(table) };
  const rules = model.roles.get(role)?.get(table.typeName);
  const path = `${table.typeName}.access.${role}`;
  if (rules === undefined) {
    return denied(path, `The role ${role} has no rule for ${table.typeName} that lets it read.`);
  }
  const verb = action.toLowerCase() as Lowercase<AccessAction>;
  if (rules[verb] === null && verb !== 'read') {
    return denied(`${path}.${verb}`, `The role ${role} has no rule that lets it ${verb} rows of ${table.typeName}.`);
  }
  const caller = new CallerRules(model, { role, claims });
  const checks: AccessCheck[] = [];
  for (const { rule, where, isOfWrite } of partsToHold(path, rules, verb)) {
    const holds = isOfWrite ? null : await row.fits(caller, where);
    checks.push({
      rule,
      where: shownRule(where ?? true),
      holds,
      missingClaims: missingClaims(where, claims),
      row: row.valuesFor(where),
    });
  }
  const transitions = verb === 'update' ? await transitionsOf(row, caller, rules.update!) : [];
  const isStuck =
    transitions.length > 0 && !transitions.some(({ isOpen }) => isOpen) && !changesOthers(table, rules.update!);
  return decide(path, { checks, transitions, columns: columnsOf(rules, verb) }, isStuck);
}

/** Whether an update writes columns that no transition looks at. */
function changesOthers(table: TableModel, { columns, set, transitions }: UpdateRules): boolean {
  const held = new Set(
    (transitions ?? []).flatMap(({ from, to }) => [from, to].flatMap((each) => columnsIn(table, each))),
  );
  return [...columns, ...set.keys()].some((name) => !held.has(name));
}

/** Which of the transitions lead on from what the row is. */
async function transitionsOf(
  row: AskedRow,
  caller: CallerRules,
  { transitions }: UpdateRules,
): Promise<AccessTransition[]> {
  const asked: AccessTransition[] = [];
  for (const { from, to } of transitions ?? []) {
    const isOpen = await row.fits(caller, from);
    asked.push({ from: shownRule(from), to: shownRule(to), isOpen, row: row.valuesFor(from) });
  }
  return asked;
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
      ];
    case 'delete':
      return [...parts('read', read), ...parts('delete', rules.delete!.where)];
  }
}

/** @param isStuck whether the row has to stay as it is, since its transitions are closed and the caller writes nothing else. */
function decide(
  path: string,
  { checks, transitions, columns }: Pick<AccessDecision, 'checks' | 'transitions' | 'columns'>,
  isStuck: boolean,
): AccessDecision {
  const failed = checks.find(({ holds }) => holds === false);
  if (failed) {
    const { rule, missingClaims: missing } = failed;
    const names = missing.map((name) => JSON.stringify(name)).join(' and ');
    const reason =
      missing.length > 0
        ? `The caller lacks the claim ${names}, which the rule compares with: it is false.`
        : 'The row does not fit the rule.';
    return { isAllowed: false, decidedBy: rule, reason, checks, transitions, columns: [] };
  }
  if (isStuck) {
    const reason =
      'No transition leads on from what the row is, and the role may write no column besides those that they look at.';
    return { isAllowed: false, decidedBy: `${path}.update.transitions`, reason, checks, transitions, columns: [] };
  }
  const decidedBy = transitions.length > 0 ? `${path}.update.transitions` : (checks.at(-1)?.rule ?? path);
  return { isAllowed: true, decidedBy, reason: reasonToAllow(checks, transitions), checks, transitions, columns };
}

function reasonToAllow(checks: readonly AccessCheck[], transitions: readonly AccessTransition[]): string {
  if (transitions.length > 0 && !transitions.some(({ isOpen }) => isOpen)) {
    return 'The row fits, but no transition leads on from what it is: the columns that they look at have to stay as they are.';
  }
  return transitions.length > 0 || checks.some(({ holds }) => holds === null)
    ? 'The row fits; what the write makes of it has to fit as well.'
    : 'The row fits.';
}

const ALLOWED = { isAllowed: true, reason: 'Operators need no rules.', checks: [], transitions: [] } as const;

const denied = (decidedBy: string, reason: string): AccessDecision => ({
  isAllowed: false,
  decidedBy,
  reason,
  checks: [],
  transitions: [],
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
