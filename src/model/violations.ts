/** Judges rows by the rules of their table. */
import { wireToCode, wireToOutput } from './codec.ts';
import { propertyOf } from './field-names.ts';
import { withArticle } from './names.ts';
import type { ColumnModel, ColumnRule, Judge, RuleName, TableModel, WireValue } from './types.ts';
import type { RuleIssue } from './validate-options.ts';
import { WIRE_KINDS } from './wire-kinds.ts';

/** Why a row must not be written. The message ("Expected …, but got …") names no value: the client may not see all of the row. */
export interface Violation {
  readonly rule: RuleName;
  /** Null: the whole row. */
  readonly field: string | null;
  readonly message: string;
}

/** A rule of the model did not answer as rules do: its author has to mend it. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** Issues of one rule that a message tells; the rest is counted. */
const MAX_ISSUES = 5;
const MAX_ISSUE_CHARACTERS = 300;

/**
 * The first rule that the value of a column breaks; null: none.
 *
 * @throws {RuleError} if a rule of the model throws, or answers with what is no verdict.
 */
export function columnViolation(table: TableModel, column: ColumnModel, wire: WireValue): Violation | null {
  if (wire === null) return null;
  for (const rule of table.validation?.columns.get(column.name) ?? []) {
    const field = `${table.typeName}.${column.name}`;
    if (rule.rule === 'custom') {
      const issues = judge(field, rule.judge, wireToCode(column, wire));
      if (issues !== null) return { rule: 'custom', field: column.name, message: refusal(field, issues) };
    } else if (!keeps(column, rule, wire)) {
      return {
        rule: rule.rule,
        field: column.name,
        message: `Expected ${field} ${EXPECTED[rule.rule](rule as never, column)}.`,
      };
    }
  }
  return null;
}

/**
 * What the row's own rule finds wrong; null: nothing.
 *
 * @param values of all columns of the table, by field name.
 * @throws {RuleError} as {@link columnViolation}.
 */
export function rowViolation(table: TableModel, values: Readonly<Record<string, WireValue>>): Violation | null {
  const rule = table.validation?.row;
  if (!rule) return null;
  const row = Object.fromEntries(
    table.columns.map((column) => [
      propertyOf(table.globalIdField, column.name),
      wireToCode(column, values[column.name]!),
    ]),
  );
  const issues = judge(table.typeName, rule, Object.freeze(row));
  if (issues === null) return null;
  const field = issues.flatMap(({ path }) => fieldOf(table, path))[0] ?? null;
  return { rule: 'custom', field, message: refusal(withArticle(table.typeName), issues) };
}

/** Where an issue lies, if that is a column. */
function fieldOf({ columns, globalIdField }: TableModel, [step]: NonNullable<RuleIssue['path']> = []): string[] {
  const key = step && keyOf(step);
  return columns.filter(({ name }) => propertyOf(globalIdField, name) === key).map(({ name }) => name);
}

type NamedRule = Exclude<ColumnRule, { readonly rule: 'custom' }>;

function keeps(column: ColumnModel, rule: NamedRule, wire: Exclude<WireValue, null>): boolean {
  switch (rule.rule) {
    case 'minLength':
      return characters(wire) >= rule.characters;
    case 'maxLength':
      return characters(wire) <= rule.characters;
    case 'pattern':
      return rule.pattern.test(String(wire));
    case 'min':
      return WIRE_KINDS[column.wire].compare(wire, rule.bound) >= 0;
    case 'max':
      return WIRE_KINDS[column.wire].compare(wire, rule.bound) <= 0;
  }
}

/** Code points: what people count, nearly. */
function characters(wire: string | number): number {
  let count = 0;
  for (const _ of String(wire)) count++;
  return count;
}

const count = (characters: number): string =>
  `${characters.toLocaleString('en-US')} ${characters === 1 ? 'character' : 'characters'}`;

/** What stands after the name of the column. */
const EXPECTED: {
  readonly [Rule in NamedRule['rule']]: (
    rule: Extract<NamedRule, { readonly rule: Rule }>,
    column: ColumnModel,
  ) => string;
} = {
  minLength: ({ characters }) => `to have at least ${count(characters)}, but got fewer`,
  maxLength: ({ characters }) => `to have at most ${count(characters)}, but got more`,
  pattern: ({ pattern }) => `to match ${pattern}, but got a text that does not`,
  min: ({ bound }, column) => `to be at least ${wireToOutput(column, bound)}, but got less`,
  max: ({ bound }, column) => `to be at most ${wireToOutput(column, bound)}, but got more`,
};

/** Issues of a rule of the user's; null: it lets the value pass. */
function judge(what: string, rule: Judge, value: unknown): readonly RuleIssue[] | null {
  let verdict: unknown;
  try {
    verdict = rule(value);
  } catch (cause) {
    throw new RuleError(`Expected the rule of ${what} to say whether a value is good, but it threw.`, { cause });
  }
  if (verdict === undefined || verdict === null || verdict === true) return null;
  if (verdict === false) return [];
  if (typeof verdict === 'string') return [{ message: verdict }];
  if (Array.isArray(verdict) && verdict.every(isIssue)) return verdict.length === 0 ? null : verdict;
  throw new RuleError(
    `Expected the rule of ${what} to answer at once with true, false, a text or issues, but got ${nameOf(verdict)}.`,
  );
}

const isIssue = (issue: unknown): issue is RuleIssue =>
  typeof issue === 'object' && issue !== null && typeof (issue as Partial<RuleIssue>).message === 'string';

function nameOf(verdict: unknown): string {
  if (Array.isArray(verdict)) return 'a list of something else';
  if (typeof (verdict as Partial<PromiseLike<unknown>>).then !== 'function') return typeof verdict;
  // Nobody waits for it, so nobody would see it fail.
  void Promise.resolve(verdict).catch(() => {});
  return 'a promise: of an asynchronous rule, or of a schema of which a part has thrown';
}

function refusal(what: string, issues: readonly RuleIssue[]): string {
  const told = issues.slice(0, MAX_ISSUES).map(issueText);
  const others = issues.length > MAX_ISSUES ? [`${issues.length - MAX_ISSUES} more`] : [];
  const because = [...told, ...others].join('; ');
  return `Expected ${what} that keeps the rule of the model, but got one that does not${because === '' ? '' : `: ${because}`}.`;
}

/** Where in the value it lies, if the issue says so, and what is wrong there. */
function issueText({ message, path = [] }: RuleIssue): string {
  const place = path.map((step) => String(keyOf(step))).join('.');
  const text = place === '' ? message : `${place}: ${message}`;
  return text.length > MAX_ISSUE_CHARACTERS
    ? `${text.slice(0, MAX_ISSUE_CHARACTERS).toWellFormed()}…`
    : text.toWellFormed();
}

const keyOf = (step: NonNullable<RuleIssue['path']>[number]): PropertyKey =>
  typeof step === 'object' ? step.key : step;
