/** What `where` means: three-valued on columns, two-valued on relations. */

import { holdsJson } from './json.ts';
import { measure, measured } from './measures.ts';
import type { Input, Measure } from './query.ts';
import type { RelatedRows } from './related.ts';
import { textTest } from './text-operators.ts';
import { and, not, or, type Truth } from './truth.ts';
import { compareValues } from './values.ts';
import { type Column, columnOf, type Entity, entityOf, type Row, type Value, type World } from './world.ts';

export class Filter {
  readonly #world: World;
  readonly #related: RelatedRows;

  constructor(world: World, related: RelatedRows) {
    this.#world = world;
    this.#related = related;
  }

  matches(entity: Entity, row: Row, where: Input): Truth {
    return and(Object.entries(where).map(([name, value]) => this.#part(entity, row, name, value)));
  }

  #part(entity: Entity, row: Row, name: string, value: unknown): Truth {
    const inner = (where: Input) => this.matches(entity, row, where);
    if (name === 'AND') return and((value as Input[]).map(inner));
    if (name === 'OR') return or((value as Input[]).map(inner));
    if (name === 'NOT') return not(inner(value as Input));
    const relation = entity.relations.find((one) => [one.name, `${one.name}Aggregate`].includes(name));
    if (relation === undefined) {
      const column = columnOf(entity, name);
      return column.kind === 'json' ? holdsJson(row[name], value as Input) : holds(column, row[name]!, value as Input);
    }
    const target = entityOf(this.#world, relation.target);
    const rows = this.#related.of(row, relation);
    if (relation.name !== name) return this.#aggregate(target, rows, value as Input);
    const isMatch = (where: Input) => (one: Row) => this.matches(target, one, where) === true;
    if (relation.kind === 'one') return rows.some(isMatch(value as Input));
    return Object.entries(value as Input).every(([quantifier, where]) => {
      const test = isMatch(where as Input);
      return quantifier === 'some' ? rows.some(test) : quantifier === 'every' ? rows.every(test) : !rows.some(test);
    });
  }

  /** `{ where, count: …, sum: { column: … }, … }`; sums and averages are doubles. */
  #aggregate(target: Entity, rows: readonly Row[], { where = {}, ...conditions }: Input): Truth {
    const counted = rows.filter((row) => this.matches(target, row, where as Input) === true);
    return and(
      Object.entries(conditions).flatMap(([op, condition]) => {
        if (op === 'count') return [holds({ kind: 'int', stored: {} }, counted.length, condition as Input)];
        return Object.entries(condition as Input).map(([name, operators]) => {
          const column = columnOf(target, name);
          const compared = measured(op as Measure['op'], column);
          return holds(compared, measure(op as Measure['op'], column, counted), operators as Input);
        });
      }),
    );
  }
}

/** Conditions on one value; all of them must hold. */
export const holds = (column: Pick<Column, 'kind' | 'stored'>, value: Value, operators: Input): Truth =>
  and(Object.entries(operators).map(([operator, operand]) => test(column, value, operator, operand)));

function test(column: Pick<Column, 'kind' | 'stored'>, value: Value, operator: string, operand: unknown): Truth {
  if (operator === 'isNull') return (value === null) === operand;
  if (operator === 'in') return or((operand as Value[]).map((one) => test(column, value, 'eq', one)));
  if (operator === 'notIn') return and((operand as Value[]).map((one) => test(column, value, 'ne', one)));
  if (value === null) return null;
  if (operator === 'between') {
    const [low, high] = operand as [Value, Value];
    return and([test(column, value, 'gte', low), test(column, value, 'lte', high)]);
  }
  const compare = COMPARISONS[operator];
  if (compare) return compare(compareValues(column, value, operand as Value));
  return textTest(operator, String(value), String(operand));
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};
