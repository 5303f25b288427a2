/**
 * What a filter of a write must be: conditions, each of them filled in. A filter that keeps every row is far more often a
 * variable that was left out than what somebody meant.
 */
import type { ColumnModel, Model, RelationModel, TableModel } from '../../model/types.ts';
import type { ShardQLError } from '../../shards/errors.ts';
import { isTextOperator } from '../../shards/plan/filter.ts';
import { aggregatedRelation } from '../arguments/order.ts';
import { badUserInput } from '../bad-user-input.ts';
import { givenFields, type WhereInput } from './filter-terms.ts';

/** Whether a condition holds for every row, for none, or depends on the row. */
type Truth = 'every' | 'none' | 'some';

/**
 * @throws ShardQLError BAD_USER_INPUT for a filter that keeps every row, or that holds an object or a list that says nothing.
 */
export function requireCondition(model: Model, table: TableModel, where: WhereInput): void {
  if (new Truths(model).where(table, where, 'where') === 'every') throw keepsEveryRow();
}

class Truths {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  where(table: TableModel, where: WhereInput, path: string): Truth {
    return all(fields(where, path).map(([name, condition, at]) => this.#field(table, name, condition, at)));
  }

  #field(table: TableModel, name: string, condition: unknown, path: string): Truth {
    switch (name) {
      case 'AND':
        return all(this.#each(table, condition, path));
      case 'OR':
        return any(this.#each(table, condition, path));
      case 'NOT':
        return not(this.where(table, condition as WhereInput, path));
    }
    const column = table.columnByName.get(name);
    if (column) return columnTruth(column, condition as WhereInput, path);
    const relation = table.relationByName.get(name);
    if (!relation) {
      return this.#aggregate(aggregatedRelation(table, name), condition as WhereInput, path);
    }
    const target = this.#model.table(relation.targetType);
    if (relation.kind === 'one') return some(this.where(target, condition as WhereInput, path));
    return all(
      fields(condition as WhereInput, path).map(([quantifier, inner, at]) => {
        const truth = this.where(target, inner as WhereInput, at);
        if (quantifier === 'some') return some(truth);
        return truth === (quantifier === 'every' ? 'every' : 'none') ? 'every' : 'some';
      }),
    );
  }

  #aggregate({ targetType }: RelationModel, condition: WhereInput, path: string): Truth {
    const truths: Truth[] = [];
    for (const [part, inner, at] of fields(condition, path)) {
      if (part === 'where') this.where(this.#model.table(targetType), inner as WhereInput, at);
      else if (part === 'count') truths.push(countTruth(inner as WhereInput, at));
      else {
        requireFilled(inner, at);
        truths.push('some');
      }
    }
    return all(truths);
  }

  #each(table: TableModel, wheres: unknown, path: string): Truth[] {
    const list = wheres as readonly WhereInput[];
    if (list.length === 0) throw saysNothing(path, 'an empty list');
    return list.map((where, index) => this.where(table, where, `${path}.${index}`));
  }
}

function columnTruth(column: ColumnModel, operators: WhereInput, path: string): Truth {
  const given = fields(operators, path);
  // Where in a JSON value to look is no condition on it.
  if (column.scalar === 'JSON' && given.every(([name]) => name === 'path')) throw saysNothing(path, 'no operator');
  return all(given.map(([operator, operand]) => operatorTruth(column, operator, operand)));
}

function operatorTruth(column: ColumnModel, operator: string, operand: unknown): Truth {
  const { scalar, notNull } = column;
  const isEmptyList = Array.isArray(operand) && operand.length === 0;
  if (operator === 'in' && isEmptyList) return 'none';
  if (operator === 'notIn' && isEmptyList) return 'every';
  if (scalar === 'JSON' || !notNull) return 'some';
  if (operator === 'isNull') return operand === true ? 'none' : 'every';
  if (operator === 'in') return new Set(operand as readonly unknown[]).size === valueCount(column) ? 'every' : 'some';
  if (operator === 'notIn') return new Set(operand as readonly unknown[]).size === valueCount(column) ? 'none' : 'some';
  if (operator === 'gte' && operand === '') return 'every';
  // Every text holds the empty one, and fits a pattern of wildcards alone.
  const isLike = operator === 'like' || operator === 'ilike';
  const isEqual = operator === 'eq' || operator === 'ne' || operator === 'ieq';
  if (isTextOperator(operator) && !isEqual) {
    return (isLike ? /^%+$/ : /^$/).test(operand as string) ? 'every' : 'some';
  }
  return 'some';
}

/** How many different values a column can have; null: more than anybody would list. */
const valueCount = ({ scalar, enum: values }: ColumnModel): number | null =>
  scalar === 'Boolean' ? 2 : (values?.values.length ?? null);

/** A count is never negative. */
function countTruth(operators: WhereInput, path: string): Truth {
  return all(
    fields(operators, path).map(([operator, operand]) => {
      const isAtMost = (limit: number) => Number(operand) <= limit;
      switch (operator) {
        case 'gte':
          return isAtMost(0) ? 'every' : 'some';
        case 'gt':
        case 'ne':
          return isAtMost(-1) ? 'every' : 'some';
        case 'isNull':
          return operand === true ? 'none' : 'every';
        case 'notIn':
          return (operand as readonly number[]).every((value) => value < 0) ? 'every' : 'some';
        default:
          return 'some';
      }
    }),
  );
}

/** The fields of an object that are given, of which there is one at least. */
function fields(input: WhereInput, path: string) {
  const given = [...givenFields(input, path)];
  if (given.length === 0) throw saysNothing(path, 'an empty object');
  return given;
}

/** Operators of aggregates, at any depth. */
function requireFilled(input: unknown, path: string): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return;
  for (const [, inner, at] of fields(input as WhereInput, path)) requireFilled(inner, at);
}

const not = (truth: Truth): Truth => (truth === 'some' ? truth : truth === 'every' ? 'none' : 'every');

/** A condition on a row that may not be there. */
const some = (truth: Truth): Truth => (truth === 'none' ? 'none' : 'some');

const all = (truths: readonly Truth[]): Truth =>
  truths.includes('none') ? 'none' : truths.includes('some') ? 'some' : 'every';

const any = (truths: readonly Truth[]): Truth => not(all(truths.map(not)));

const saysNothing = (path: string, got: string): ShardQLError =>
  badUserInput(
    `Expected a condition at ${path}, since every row that the filter keeps is written, but got ${got}. Leave it out if it is not meant to decide.`,
  );

const keepsEveryRow = (): ShardQLError =>
  badUserInput('Expected where to choose among the rows, but got conditions that hold for every row.');
