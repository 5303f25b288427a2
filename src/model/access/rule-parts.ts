/** Rules in parts, for those who ask why they are true or false. */
import type { RowRule, RuleWhere } from '../table-rules.ts';
import type { TableModel } from '../types.ts';
import { Claim } from './claim.ts';

/** Rules that hold where all of them do, each of which tells more by itself. */
export function conjunctsOf(rule: RowRule): RowRule[] {
  if (rule === null) return [null];
  return Object.entries(rule).flatMap(([name, value]): RowRule[] =>
    name === 'AND' ? (value as readonly RuleWhere[]).flatMap(conjunctsOf) : [{ [name]: value }],
  );
}

/** Names of claims that a rule compares with, and that these do not hold: it is false then. */
export function missingClaims(value: unknown, claims: Readonly<Record<string, unknown>>): string[] {
  if (value instanceof Claim) {
    return Object.hasOwn(claims, value.name) && claims[value.name] !== null ? [] : [value.name];
  }
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap((inner) => missingClaims(inner, claims)))];
}

/** Columns of the row itself that a rule looks at, or finds related rows by. */
export const columnsIn = (table: TableModel, where: RuleWhere): string[] =>
  Object.entries(where).flatMap(([name, value]) => {
    if (name === 'AND' || name === 'OR')
      return (value as readonly RuleWhere[]).flatMap((term) => columnsIn(table, term));
    if (name === 'NOT') return columnsIn(table, value as RuleWhere);
    return table.relationByName.get(name)?.from ?? [name];
  });

/** A rule as JSON has it, with claims as `{ claim: name }`. */
export function shownRule(value: unknown): unknown {
  if (value instanceof Claim) return { claim: value.name };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(shownRule);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shownRule(inner)]));
}
