/**
 * Filters on JSON columns: the operators of other columns, on the value at a path. What type an operand has decides what
 * type of value it is compared with; values of other types are as good as none.
 */

import type { ColumnModel } from '../../model/types.ts';
import type { JsonColumn, JsonStep } from '../../shards/plan/computed.ts';
import { type Filter, isTextOperator } from '../../shards/plan/filter.ts';
import type { PlanValue, ValueRef } from '../../shards/plan/value.ts';
import { parseJsonPath } from '../arguments/json-path.ts';
import { badUserInput } from '../bad-user-input.ts';
import { boundsOf, checkListLength, ofPattern } from './column-filter.ts';
import type { FilterBudget } from './filter-budget.ts';
import { conjunctionOf, givenFields, type WhereInput } from './filter-terms.ts';
import type { FilterParts } from './id-set.ts';

type JsonSteps = readonly JsonStep[];
type ValueType = 'text' | 'number' | 'boolean';

const HAS = { text: 'hasText', number: 'hasNumber', boolean: 'hasBoolean' } as const satisfies Record<
  ValueType,
  JsonColumn['as']
>;

/** The operators of one `JSONFilter`; all of them must hold. `at` names its place in the arguments, for messages. */
export function jsonFilter(
  column: ColumnModel,
  operators: WhereInput,
  at: string,
  parts: FilterParts,
  budget: FilterBudget,
): Filter {
  const given = [...givenFields(operators, at)];
  const path = given.find(([name]) => name === 'path')?.[1] as string | undefined;
  const planner = new JsonFilterPlanner(column, path, at, parts);
  const terms: Filter[] = [];
  for (const [operator, operand] of given) {
    if (operator === 'path') continue;
    budget.spend();
    terms.push(planner.filter(operator, operand));
  }
  return conjunctionOf(terms);
}

class JsonFilterPlanner {
  readonly #column: ColumnModel;
  readonly #parts: FilterParts;
  readonly #steps: JsonSteps;
  readonly #at: string;
  readonly #names = new Map<string, string>();

  constructor(column: ColumnModel, path: string | undefined, at: string, parts: FilterParts) {
    this.#column = column;
    this.#parts = parts;
    this.#steps = path === undefined ? [] : parseJsonPath(path, `${at}.path`);
    this.#at = at;
  }

  /** `operand` is not null. */
  filter(operator: string, operand: unknown): Filter {
    const at = `${this.#at}.${operator}`;
    switch (operator) {
      case 'isNull':
        return this.#isNull(operand as boolean);
      case 'hasKey':
        return { op: 'isNull', column: this.#virtual('type', [...this.#steps, textOf(operand, at)]), isNull: false };
      case 'has': {
        const [, type] = scalarOf(operand, at);
        const column = this.#add(HAS[type], this.#steps, this.#operand(operand, at));
        return { op: 'isTrue', term: { op: 'eq', column, value: this.#value(1) } };
      }
      case 'in':
      case 'notIn':
        return this.#list(operator, operand as readonly unknown[], at);
      case 'between':
        return this.#between(operand as readonly unknown[], at);
      default:
        return this.#comparison(operator, operand, at);
    }
  }

  /** Nothing, or JSON's null. */
  #isNull(isNull: boolean): Filter {
    const column = this.#virtual('type', this.#steps);
    const terms: Filter[] = [
      { op: 'isNull', column, isNull: true },
      { op: 'eq', column, value: this.#value('null') },
    ];
    return isNull ? { op: 'or', terms } : { op: 'not', term: { op: 'or', terms } };
  }

  #comparison(operator: string, operand: unknown, at: string): Filter {
    const [, type] = scalarOf(operand, at);
    const isOrder = operator !== 'eq' && operator !== 'ne';
    if (isOrder && type === 'boolean')
      throw badUserInput(`Expected ${at} to be a text or a number, but got a boolean.`);
    if (isTextOperator(operator))
      return { op: operator, column: this.#typed('text'), value: this.#operand(operand, at, operator) };
    return { op: operator as 'eq', column: this.#typed(type), value: this.#operand(operand, at) };
  }

  #between(bounds: readonly unknown[], at: string): Filter {
    const [first, last] = boundsOf(bounds, at);
    const [, type] = scalarOf(first, at);
    const [, typeOfHigh] = scalarOf(last, at);
    if (type !== typeOfHigh || type === 'boolean') {
      throw badUserInput(`Expected ${at} to be two texts or two numbers, but got a ${type} and a ${typeOfHigh}.`);
    }
    const [low, high] = [this.#operand(first, `${at}.0`), this.#operand(last, `${at}.1`)];
    return { op: 'between', column: this.#typed(type), low, high };
  }

  /** One list for each type among the values. */
  #list(op: 'in' | 'notIn', values: readonly unknown[], at: string): Filter {
    checkListLength(values, at);
    const byType = new Map<ValueType, (string | number)[]>();
    for (const each of values) {
      const [value, type] = scalarOf(each, at);
      const list = byType.get(type) ?? [];
      byType.set(type, list);
      list.push(value);
    }
    if (byType.size === 0) return op === 'in' ? { op: 'or', terms: [] } : { op: 'and', terms: [] };
    const terms = [...byType].map(
      ([type, list]): Filter => ({ op, column: this.#typed(type), list: this.#value(list) }),
    );
    return terms.length === 1 ? terms[0]! : known(terms);
  }

  #typed(type: ValueType): string {
    return this.#virtual(type, this.#steps);
  }

  #virtual(as: JsonColumn['as'], steps: JsonSteps): string {
    const id = JSON.stringify([as, steps]);
    const name = this.#names.get(id) ?? this.#add(as, steps, null);
    this.#names.set(id, name);
    return name;
  }

  #add(as: JsonColumn['as'], steps: JsonSteps, item: ValueRef | null): string {
    const { computed } = this.#parts;
    const name = `#where${computed.length}`;
    const path = this.#value(JSON.stringify(steps));
    computed.push({ kind: 'json', name, column: this.#column.name, path, as, item });
    return name;
  }

  #value(value: PlanValue): ValueRef {
    return this.#parts.values.add(value);
  }

  /** A scalar among the arguments, whose type decides the plan and whose value does not. */
  #operand(given: unknown, path: string, operator = ''): ValueRef {
    const { values, args } = this.#parts;
    const toValue = ofPattern(operator, path, (operand) => scalarOf(operand, path)[0]);
    return values.addPart({ args, path, given }, toValue);
  }
}

/** Of terms of which at most one is not unknown, that one. */
function known(terms: readonly Filter[]): Filter {
  const isTrue = (term: Filter): Filter => ({ op: 'isTrue', term });
  const not = (term: Filter): Filter => ({ op: 'not', term });
  const noneIsFalse = terms.map((term) => not(isTrue(not(term))));
  return { op: 'or', terms: [...terms.map(isTrue), { op: 'and', terms: [...noneIsFalse, terms[0]!] }] };
}

/** A text, number or boolean as a plan's value, with its type. */
function scalarOf(value: unknown, at: string): [value: string | number, type: ValueType] {
  switch (typeof value) {
    case 'string':
      return [textOf(value, at), 'text'];
    case 'number':
      if (Number.isFinite(value)) return [value, 'number'];
      break;
    case 'boolean':
      return [value ? 1 : 0, 'boolean'];
  }
  const got =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `${value}`;
  throw badUserInput(`Expected ${at} to be a text, a number or a boolean, but got ${got}.`);
}

function textOf(value: unknown, at: string): string {
  if ((value as string).isWellFormed()) return value as string;
  throw badUserInput(`Expected ${at} to be well-formed Unicode text, but got half a character.`);
}
