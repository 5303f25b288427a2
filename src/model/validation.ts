/** Rules that rows must keep, as the layers below have them: made of the model option `validate`. */
import { driverToWire } from './codec.ts';
import { fieldNameOf } from './field-names.ts';
import type { TableDraft } from './table-draft.ts';
import type { ColumnModel, ColumnRule, GlobalIdField, Judge, RuleName, ValidationModel, WireValue } from './types.ts';
import type { RuleVerdict, StandardSchema, ValidateOptions } from './validate-options.ts';

/** Rules of a column by name, as they are declared. */
type NamedRules = Readonly<Record<string, unknown>>;

/** The columns' rules as declared, by column; none of those that are left out. */
export const declaredRules = ({ columns = {} }: ValidateOptions): readonly (readonly [string, unknown])[] =>
  Object.entries(columns).filter(([, rules]) => rules !== undefined);

/** What users wrote that judges: functions, and schemas, which may be functions too. */
export const isJudge = (rules: unknown): rules is Judge | StandardSchema =>
  typeof rules === 'function' || isSchema(rules);

const isSchema = (rules: unknown): rules is StandardSchema =>
  (typeof rules === 'object' || typeof rules === 'function') &&
  rules !== null &&
  typeof (rules as Partial<StandardSchema>)['~standard']?.validate === 'function';

/** @param columns by field name. */
export function buildValidation(
  { validate }: TableDraft,
  columns: ReadonlyMap<string, ColumnModel>,
  globalIdField: GlobalIdField,
): ValidationModel | null {
  if (validate === null) return null;
  const rules = declaredRules(validate).map(([property, declared]) => {
    const column = columns.get(fieldNameOf(globalIdField, property))!;
    return [column.name, columnRules(column, declared)] as const;
  });
  const { row } = validate;
  if (rules.length === 0 && row === undefined) return null;
  return { columns: new Map(rules), row: row === undefined ? null : judgeOf(row as Judge | StandardSchema) };
}

const columnRules = (column: ColumnModel, declared: unknown): ColumnRule[] =>
  isJudge(declared)
    ? [{ rule: 'custom', judge: judgeOf(declared) }]
    : Object.entries(declared as NamedRules)
        .filter(([, given]) => given !== undefined)
        .map(([name, given]) => namedRule(column, name as Exclude<RuleName, 'custom'>, given));

function namedRule(column: ColumnModel, rule: Exclude<RuleName, 'custom'>, given: unknown): ColumnRule {
  switch (rule) {
    case 'minLength':
    case 'maxLength':
      return { rule, characters: given as number };
    case 'pattern':
      return { rule, pattern: given as RegExp };
    case 'min':
    case 'max':
      return { rule, bound: driverToWire(column, given) as Exclude<WireValue, null> };
  }
}

/** What a schema makes of a value is left aside: it judges, and no more. */
function judgeOf(declared: Judge | StandardSchema): Judge {
  if (!isSchema(declared)) return declared;
  const { '~standard': standard } = declared;
  return (value) => {
    const result = standard.validate(value) as { readonly issues?: RuleVerdict } | Promise<unknown>;
    return result instanceof Promise ? result : result.issues;
  };
}
