/**
 * What a filter of a write must be: conditions, each of them filled in. A filter that keeps every row is far more often a
 * variable that was left out than what somebody meant.
 */
import type { ColumnModel, Model, TableModel } from '../../model/types.ts';
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
      const { targetType } = aggregatedRelation(table, name);
      for (const [part, inner, at] of fields(condition as WhereInput, path)) {
        if (part === 'where') this.where(this.#model.table(targetType), inner as WhereInput, at);
        else requireFilled(inner, at);
      }
      return 'some';
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

function operatorTruth({ scalar, notNull }: ColumnModel, operator: string, operand: unknown): Truth {
  if (operator === 'in') return (operand as readonly unknown[]).length === 0 ? 'none' : 'some';
  if (operator === 'notIn') return (operand as readonly unknown[]).length === 0 ? 'every' : 'some';
  if (scalar === 'JSON' || !notNull) return 'some';
  if (operator === 'isNull') return operand === true ? 'none' : 'every';
  // Every text holds the empty one, and fits a pattern of wildcards alone.
  const isLike = operator === 'like' || operator === 'ilike';
  const isEqual = operator === 'eq' || operator === 'ne' || operator === 'ieq';
  if (isTextOperator(operator) && !isEqual) {
    return (isLike ? /^%+$/ : /^$/).test(operand as string) ? 'every' : 'some';
  }
  return 'some';
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
