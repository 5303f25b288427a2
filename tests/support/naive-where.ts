/** `where` arguments evaluated in plain JavaScript over plain rows of any model: slow and obvious, across shards too. */

import { inputToWire } from '../../src/model/codec.ts';
import type { Model, RelationModel, TableModel, WireValue } from '../../src/model/types.ts';
import type { Filter } from '../../src/shards/plan/filter.ts';
import type { WireRow } from '../shards/server/read/lab-database.ts';
import { condition } from '../shards/server/read/naive-plan.ts';

type Truth = boolean | null;
export type Where = { readonly [name: string]: unknown };
export type Tables = Readonly<Record<string, readonly WireRow[]>>;
type Condition = Extract<Filter, { readonly column: string }>;

export class NaiveWhere {
  readonly #model: Model;
  readonly #tables: Tables;

  constructor(model: Model, tables: Tables) {
    this.#model = model;
    this.#tables = tables;
  }

  rows(type: string, where: Where): readonly WireRow[] {
    return this.#tables[type]!.filter((row) => this.truth(type, row, where) === true);
  }

  truth(type: string, row: WireRow, where: Where): Truth {
    return all(Object.entries(where).map(([name, value]) => this.#term(type, row, name, value)));
  }

  related(type: string, row: WireRow, name: string): readonly WireRow[] {
    const { from, to, through, targetType } = this.#tableOf(type).relationByName.get(name)!;
    const key = from.map((column) => row[column]!);
    if (through === null) return this.#matching(targetType, to, key);
    const links = this.#matching(through.type, through.from, key);
    const linked = links.flatMap((link) =>
      this.#matching(
        targetType,
        to,
        through.to.map((column) => link[column]!),
      ),
    );
    return [...new Set(linked)];
  }

  #term(type: string, row: WireRow, name: string, value: unknown): Truth {
    const truths = () => (value as Where[]).map((where) => this.truth(type, row, where));
    if (name === 'AND') return all(truths());
    if (name === 'OR') return not(all(truths().map(not)));
    if (name === 'NOT') return not(this.truth(type, row, value as Where));
    const table = this.#tableOf(type);
    const aggregated = table.relationByName.get(name.replace(/Aggregate$/, ''));
    if (aggregated && !table.relationByName.has(name)) return this.#aggregate(type, row, aggregated, value as Where);
    const relation = table.relationByName.get(name);
    if (relation) return this.#relation(type, row, relation, value as Where);
    return all(Object.entries(value as Where).map(([op, operand]) => columnTruth(table, row, name, op, operand)));
  }

  #relation(type: string, row: WireRow, { kind, name, targetType }: RelationModel, where: Where): Truth {
    const rows = this.related(type, row, name);
    const matching = (filter: unknown) =>
      rows.filter((each) => this.truth(targetType, each, filter as Where) === true).length;
    if (kind === 'one') return matching(where) > 0;
    return (
      (where.some === undefined || matching(where.some) > 0) &&
      (where.every === undefined || matching(where.every) === rows.length) &&
      (where.none === undefined || matching(where.none) === 0)
    );
  }

  #aggregate(type: string, row: WireRow, { name, targetType }: RelationModel, where: Where): Truth {
    const rows = this.related(type, row, name).filter(
      (each) => where.where === undefined || this.truth(targetType, each, where.where as Where) === true,
    );
    const { where: _, count, ...functions } = where;
    const counted = Object.entries((count ?? {}) as Where).map(([op, operand]) =>
      numberTruth(rows.length, op, operand),
    );
    const others = Object.entries(functions).flatMap(([aggregate, columns]) =>
      Object.entries(columns as Where).flatMap(([column, operators]) => {
        const values = rows.map((each) => each[column]).filter((value) => value !== null && value !== undefined);
        const found = aggregateOf(aggregate, values.map(Number));
        return Object.entries(operators as Where).map(([op, operand]) => numberTruth(found, op, operand));
      }),
    );
    return all([...counted, ...others]);
  }

  #matching(type: string, columns: readonly string[], key: readonly WireValue[]): readonly WireRow[] {
    return this.#tables[type]!.filter((row) => columns.every((name, at) => key[at] !== null && row[name] === key[at]));
  }

  #tableOf(type: string): TableModel {
    return this.#model.table(type);
  }
}

/** One operator of one column. */
export function columnTruth(table: TableModel, row: WireRow, column: string, op: string, operand: unknown): Truth {
  const model = table.columnByName.get(column)!;
  const wire = (value: unknown) => inputToWire(model, value);
  const isList = op === 'in' || op === 'notIn';
  if (op === 'isNull') return condition(model.wire, row, { op, column, isNull: operand as boolean }, []);
  if (op === 'between') {
    return condition(model.wire, row, { op, column, low: 0, high: 1 }, (operand as unknown[]).map(wire));
  }
  const filter = { op, column, [isList ? 'list' : 'value']: 0 } as unknown as Condition;
  return condition(model.wire, row, filter, [isList ? (operand as unknown[]).map(wire) : wire(operand)]);
}

/** Of numbers; null for none. */
function aggregateOf(name: string, values: readonly number[]): number | null {
  if (name === 'countDistinct') return new Set(values).size;
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'sum':
      return sum;
    case 'avg':
      return sum / values.length;
    case 'min':
      return Math.min(...values);
    default:
      return Math.max(...values);
  }
}

function numberTruth(actual: number | null, op: string, operand: unknown): Truth {
  if (op === 'isNull') return (actual === null) === operand;
  if (actual === null) return null;
  const other = operand as number;
  return { eq: actual === other, ne: actual !== other, gt: actual > other, lte: actual <= other }[op]!;
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth);

const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
