/** `where` arguments evaluated in plain JavaScript over plain rows of any model: slow and obvious, across shards too. */
import { inputToWire } from '../../src/model/codec.ts';
import type { Model, RelationModel, TableModel, WireValue } from '../../src/model/types.ts';
import type { Filter } from '../../src/shards/plan.ts';
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

  #matching(type: string, columns: readonly string[], key: readonly WireValue[]): readonly WireRow[] {
    return this.#tables[type]!.filter((row) => columns.every((name, at) => key[at] !== null && row[name] === key[at]));
  }

  #tableOf(type: string): TableModel {
    return this.#model.tableByType.get(type)!;
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

const not = (truth: Truth): Truth => (truth === null ? null : !truth);

const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
