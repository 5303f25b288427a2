import { Claim } from '../../../src/model/access/claim.ts';
import { claimsOfRoles } from '../../../src/model/access/claims-of-roles.ts';
import { wireToOutput } from '../../../src/model/codec.ts';
import type { CreateRules, RowRule, RuleWhere, TableRules } from '../../../src/model/table-rules.ts';
import type { Model, TableModel } from '../../../src/model/types.ts';
import { contradiction } from './never-true.ts';

/** Rules that are false whatever the row and the claims: who declares one means another. */
export function rulesNeverTrue(model: Model): string[] {
  return [...model.roles].flatMap(([role, byType]) =>
    [...byType].flatMap(([type, rules]) =>
      conjunctions(model.table(type), rules).flatMap(({ path, rules: some }) => {
        const named = contradiction(
          model,
          model.table(type),
          some.filter((rule) => rule !== null),
        );
        return named === null
          ? []
          : [
              `Expected ${type}.access.${role}.${path} to be true of some row, but its conditions on ${named} exclude each other. Mend or remove it.`,
            ];
      }),
    ),
  );
}

/** Rules that have to hold together, under the path of the one that adds to the others. */
interface Conjunction {
  readonly path: string;
  readonly rules: readonly RowRule[];
}

function conjunctions(table: TableModel, { read, create, update, delete: deletion }: TableRules): Conjunction[] {
  const changed = update === null ? [] : [read, update.where];
  return [
    { path: 'read', rules: [read] },
    ...(create === null ? [] : [{ path: 'create.check', rules: [create.check, presets(table, create)] }]),
    ...(update === null
      ? []
      : [
          { path: 'update.where', rules: changed },
          { path: 'update.check', rules: [update.check, presets(table, update)] },
          ...(update.transitions ?? []).flatMap(({ from, to }, at) => [
            { path: `update.transitions.${at}.from`, rules: [...changed, from] },
            { path: `update.transitions.${at}.to`, rules: [update.check, presets(table, update), to] },
          ]),
        ]),
    ...(deletion === null ? [] : [{ path: 'delete', rules: [read, deletion.where] }]),
  ];
}

/** What the rule gives, as a condition on what is written. */
const presets = (table: TableModel, { set }: CreateRules): RuleWhere =>
  Object.fromEntries(
    [...set].flatMap(([name, value]) => {
      if (value instanceof Claim) return [];
      const column = table.columnByName.get(name)!;
      return [[name, value === null ? { isNull: true } : { eq: wireToOutput(column, value) }]];
    }),
  );

/** Who sets claims is not known here. But two names that differ by a slip are hardly two claims. */
export function misspeltClaims(model: Model): string[] {
  const rolesByClaim = new Map<string, string[]>();
  for (const [role, names] of Object.entries(claimsOfRoles(model))) {
    for (const name of names) rolesByClaim.set(name, [...(rolesByClaim.get(name) ?? []), role]);
  }
  return slips(rolesByClaim).map(
    ({ name, meant }) =>
      `Look at the claim "${name}" in rules of ${rolesByClaim.get(name)!.join(', ')}: rules of ${rolesByClaim.get(meant)!.join(', ')} have "${meant}". Where a credential lacks a claim, the rule is false.`,
  );
}

/** A role is whatever a table names. But two names that differ by a slip are hardly two roles. */
export function misspeltRoles({ roles }: Model): string[] {
  const tablesByRole = new Map([...roles].map(([role, tables]) => [role, [...tables.keys()]]));
  return slips(tablesByRole).map(
    ({ name, meant }) =>
      `Look at the role "${name}" in rules of ${tablesByRole.get(name)!.join(', ')}: rules of ${tablesByRole.get(meant)!.join(', ')} have "${meant}". Callers of one see nothing by rules of the other.`,
  );
}

/** Names that differ by a slip from others. What most places have is right, or else what comes first. */
function slips(
  placesByName: ReadonlyMap<string, readonly string[]>,
): { readonly name: string; readonly meant: string }[] {
  const names = [...placesByName.keys()].sort((a, b) => placesByName.get(b)!.length - placesByName.get(a)!.length);
  return names.flatMap((name, at) => {
    const meant = names.slice(0, at).find((other) => isSlip(name, other));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** The same but for case and signs, or for one letter of longer names. */
function isSlip(name: string, other: string): boolean {
  const [a, b] = [name, other].map((each) => each.replace(/[_-]/g, '').toLowerCase()) as [string, string];
  if (a === b) return true;
  const MIN_LENGTH = 5;
  return Math.min(a.length, b.length) >= MIN_LENGTH && Math.abs(a.length - b.length) <= 1 && differsByOne(a, b);
}

/** By one letter that is another, missing, or swapped with its neighbour. */
function differsByOne(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return Math.max(left.length, right.length) <= 1 || (left.length === 2 && left === [...right].reverse().join(''));
}
