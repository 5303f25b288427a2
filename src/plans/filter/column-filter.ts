import type { ColumnModel, TableModel } from '../../model/types.ts';
import { type ColumnOperator, type Filter, isTextOperator } from '../../shards/plan/filter.ts';
import type { ValueRef } from '../../shards/plan/value.ts';
import { toDouble, toOperand } from '../arguments/wire-input.ts';
import { badUserInput } from '../bad-user-input.ts';
import { MAX_LIST_VALUES, MAX_PATTERN_CHARACTERS } from '../limits.ts';
import type { FilterBudget } from './filter-budget.ts';
import { conjunctionOf, givenFields, type WhereInput } from './filter-terms.ts';
import type { FilterParts } from './id-set.ts';

/** What is filtered: a column of the plan, computed or not, and what its operands are checked by. */
interface FilteredColumn {
  readonly name: string;
  readonly table: TableModel;
  /** Scalar and wire kind of the values; named in messages. */
  readonly model: ColumnModel;
  /** Operands may be exact numbers, which are compared as doubles. */
  readonly isDouble?: boolean;
}

/** The operators of one column; all of them must hold. */
export function columnFilter(
  column: FilteredColumn,
  operators: WhereInput,
  path: string,
  parts: FilterParts,
  budget: FilterBudget,
): Filter {
  const terms: Filter[] = [];
  for (const [operator, operand, at] of givenFields(operators, path)) {
    budget.spend();
    terms.push(comparison(column, operator as ColumnOperator, operand, at, parts));
  }
  return conjunctionOf(terms);
}

function comparison(
  { name, table, model, isDouble }: FilteredColumn,
  op: ColumnOperator,
  operand: unknown,
  path: string,
  { values, args }: FilterParts,
): Filter {
  const wireOf = (value: unknown) => (isDouble ? toDouble : toOperand)(table, model, value);
  const toValue = ofPattern(op, path, wireOf);
  const refOf = (given: unknown, at = path): ValueRef => values.addPart({ args, path: at, given }, toValue);
  switch (op) {
    case 'isNull':
      return { op, column: name, isNull: operand as boolean };
    case 'in':
    case 'notIn': {
      const wiresOf = (list: unknown) => {
        checkListLength(list as readonly unknown[], path);
        return (list as readonly unknown[]).map(wireOf);
      };
      return { op, column: name, list: values.addPart({ args, path, given: operand }, wiresOf) };
    }
    case 'between': {
      const [low, high] = boundsOf(operand as readonly unknown[], path);
      return { op, column: name, low: refOf(low, `${path}.0`), high: refOf(high, `${path}.1`) };
    }
    default:
      if (isTextOperator(op)) requireText(model, path);
      return { op, column: name, value: refOf(operand) };
  }
}

/** Operators that look for their operand at each place of a text. */
const SEARCHED_FOR: ReadonlySet<string> = new Set(['contains', 'icontains', 'like', 'ilike']);

/** `toValue`, for operands that are not too long to be looked for; those it refuses with BAD_USER_INPUT. */
export function ofPattern<Value>(
  operator: string,
  path: string,
  toValue: (given: unknown) => Value,
): (given: unknown) => Value {
  if (!SEARCHED_FOR.has(operator)) return toValue;
  return (given) => {
    const { length } = String(given);
    if (length <= MAX_PATTERN_CHARACTERS) return toValue(given);
    throw badUserInput(`Expected at most ${MAX_PATTERN_CHARACTERS} characters at ${path}, but got ${length}.`);
  };
}

export function requireText({ wire }: ColumnModel, path: string): void {
  if (wire === 'text') return;
  throw badUserInput(`Expected ${path} to be on a column of text, but got one that is stored otherwise.`);
}

export function checkListLength({ length }: readonly unknown[], path: string): void {
  if (length <= MAX_LIST_VALUES) return;
  throw badUserInput(`Expected at most ${MAX_LIST_VALUES} values at ${path}, but got ${length}.`);
}

export function boundsOf(bounds: readonly unknown[], path: string): readonly [low: unknown, high: unknown] {
  if (bounds.length === 2) return bounds as readonly [unknown, unknown];
  throw badUserInput(`Expected ${path} to be [low, high], but got ${bounds.length} values.`);
}
