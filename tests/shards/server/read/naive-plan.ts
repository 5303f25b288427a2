/** Read plans evaluated in plain JavaScript over plain rows: slow, short, and made without looking at SQL. */

import type { Model, WireKind, WireValue } from '../../../../src/model/types.ts';
import type { Answer, RowAnswer } from '../../../../src/shards/plan/answer.ts';
import { type ColumnOwner, columnKind } from '../../../../src/shards/plan/column-kind.ts';
import type { ComputedColumn } from '../../../../src/shards/plan/computed.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { Boundary, OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import type { RelatedRows } from '../../../../src/shards/plan/source.ts';
import type { PlanValue } from '../../../../src/shards/plan/value.ts';
import { textTest } from '../../../support/queries/text-operators.ts';
import type { WireRow } from './lab-database.ts';

type Truth = boolean | null;
type Values = readonly PlanValue[];
export type Tables = Readonly<Record<string, readonly WireRow[]>>;

export function evaluate(model: Model, tables: Tables, node: PlanNode, values: Values, keys: readonly WireValue[][]) {
  return keys.map((key) => answer(model, tables, node, values, key));
}

function answer(
  model: Model,
  tables: Tables,
  node: PlanNode,
  values: Values,
  key: readonly (WireValue | undefined)[],
): Answer {
  const rows = matching(model, tables, node, values, key);
  const rowAnswer = (row: WireRow): RowAnswer => [
    ...node.columns.map((column) => (column === '#version' ? '0' : (row[column] ?? null))),
    ...node.relations.map((relation) =>
      answer(
        model,
        tables,
        relation.node,
        values,
        relation.from.map((column) => row[column]),
      ),
    ),
  ];
  if (node.page === null) return rows.length > 1 ? 'ambiguous' : rows[0] ? rowAnswer(rows[0]) : null;
  return page(wiresOf(model, node), rows, node.page, values, rowAnswer);
}

/** Rows that belong to a key and that the filter keeps. */
function matching(
  model: Model,
  tables: Tables,
  owner: Pick<PlanNode, 'table' | 'match' | 'through' | 'filter' | 'computed'>,
  values: Values,
  key: readonly (WireValue | undefined)[],
): readonly WireRow[] {
  const { table, match, through, filter, computed } = owner;
  const isOf = (row: WireRow, columns: readonly string[], parts: readonly (WireValue | undefined)[]) =>
    columns.every((column, at) => parts[at] !== null && row[column] === parts[at]);
  const links = through && tables[through.table]!.filter((link) => isOf(link, through.from, key));
  const found = tables[table]!.filter((row) =>
    links
      ? links.some((link) =>
          isOf(
            row,
            match,
            through!.to.map((column) => link[column]),
          ),
        )
      : isOf(row, match, key),
  );
  const scope = new FilterScope(model, tables, owner, values);
  return found
    .map((row) => withComputed(model, tables, row, computed, values))
    .filter((row) => filter === null || scope.holds(row, filter) === true);
}

/** The kind of a column's values, by name. */
type WireOf = (column: string) => WireKind;

const wiresOf =
  (model: Model, owner: ColumnOwner): WireOf =>
  (column) =>
    columnKind(model, owner, column)!.wire;

/** A row with what is computed beside its columns. */
export function withComputed(
  model: Model,
  tables: Tables,
  row: WireRow,
  computed: readonly ComputedColumn[],
  values: Values,
): WireRow {
  const added = computed.map((column) => [column.name, computedValue(model, tables, row, column, values)]);
  return { ...row, ...Object.fromEntries(added) };
}

function computedValue(model: Model, tables: Tables, row: WireRow, column: ComputedColumn, values: Values): WireValue {
  if (!('related' in column)) throw new Error(`Expected related rows, but got ${column.name}.`);
  const { related, column: name } = column;
  const key = related.from.map((from) => row[from]);
  const rows = matching(model, tables, related, values, key);
  if (column.kind === 'related') return rows[0]?.[name!] ?? null;
  if (name === null) return rows.length;
  const { wire } = columnKind(model, related, name)!;
  const sorted = rows
    .map((each) => each[name] ?? null)
    .filter((value) => value !== null)
    .sort((a, b) => compare(wire, a, b));
  switch (column.function) {
    case 'count':
      return sorted.length;
    case 'countDistinct':
      return sorted.filter((value, at) => at === 0 || compare(wire, sorted[at - 1]!, value) !== 0).length;
    case 'min':
      return sorted[0] ?? null;
    case 'max':
      return sorted.at(-1) ?? null;
    default: {
      if (sorted.length === 0) return null;
      const sum = Number(sorted.reduce((total, value) => total + BigInt(value), 0n));
      return column.function === 'sum' ? sum : sum / sorted.length;
    }
  }
}

function page(
  wireOf: WireOf,
  all: readonly WireRow[],
  shape: PageShape,
  values: Values,
  rowAnswer: (row: WireRow) => RowAnswer,
): Answer {
  const sorted = [...all].sort((a, b) => compareRows(wireOf, shape.orderBy, a, b));
  const side = (row: WireRow, boundary: Boundary) => {
    const position = Object.fromEntries(
      shape.orderBy.map(({ column }, at) => [column, boundary[at] === null ? null : values[boundary[at] as number]]),
    );
    return compareRows(wireOf, shape.orderBy, row, position as WireRow);
  };
  const within = sorted.filter(
    (row) =>
      (shape.after === null || side(row, shape.after) > 0) && (shape.before === null || side(row, shape.before) < 0),
  );
  const offset = shape.offset === null ? 0 : (values[shape.offset] as number);
  const limit = values[shape.limit] as number;
  const rest = within.slice(offset);
  const taken = shape.fromEnd ? rest.slice(Math.max(0, rest.length - limit)) : rest.slice(0, limit);
  const near = shape.fromEnd ? shape.before : shape.after;
  const beyond = near ? sorted.filter((row) => (shape.fromEnd ? side(row, near) >= 0 : side(row, near) <= 0)) : [];
  return {
    rows: shape.rows ? taken.map(rowAnswer) : [],
    hasMore: shape.rows && rest.length > taken.length,
    hasBefore: shape.rows && shape.probeOtherSide && (beyond.length > 0 || (offset > 0 && within.length > 0)),
    total: shape.totalCount ? all.length : null,
  };
}

function compareRows(wireOf: WireOf, order: readonly OrderTerm[], a: WireRow, b: WireRow): number {
  for (const { column, descending, nullsFirst } of order) {
    const [x, y] = [a[column] ?? null, b[column] ?? null];
    if (x === null && y === null) continue;
    if (x === null || y === null) return (x === null) === nullsFirst ? -1 : 1;
    const sign = compare(wireOf(column), x, y);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

export function compare(wire: WireKind, a: WireValue, b: WireValue): number {
  const [x, y] = [comparable(wire, a), comparable(wire, b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function comparable(wire: WireKind, value: WireValue): number | bigint | string {
  switch (wire) {
    case 'int64':
    case 'bigintBlob':
      return BigInt(value!);
    case 'decimal':
    case 'int':
    case 'real':
      return Number(value);
    case 'blob':
      return String(value);
    default:
      // Fixed-width code points: compares as UTF-8 bytes do.
      return Array.from(String(value), (character) => character.codePointAt(0)!.toString(16).padStart(6, '0')).join('');
  }
}

class FilterScope {
  readonly #model: Model;
  readonly #tables: Tables;
  readonly #wireOf: WireOf;
  readonly #values: Values;

  constructor(model: Model, tables: Tables, owner: ColumnOwner, values: Values) {
    this.#model = model;
    this.#tables = tables;
    this.#wireOf = wiresOf(model, owner);
    this.#values = values;
  }

  holds(row: WireRow, filter: Filter): Truth {
    if ('terms' in filter) {
      const truths = filter.terms.map((term) => this.holds(row, term));
      const decisive = filter.op === 'or';
      if (truths.includes(decisive)) return decisive;
      return truths.includes(null) ? null : !decisive;
    }
    if ('term' in filter) {
      const truth = this.holds(row, filter.term);
      if (filter.op === 'isTrue') return truth === true;
      return truth === null ? null : !truth;
    }
    if ('related' in filter) return this.related(row, filter.related).length > 0;
    if ('columns' in filter) {
      const tuples = this.#values[filter.list] as readonly (readonly WireValue[])[];
      const wires = filter.columns.map(this.#wireOf);
      const parts = filter.columns.map((column) => row[column] ?? null);
      if (parts.includes(null)) return false;
      return tuples.some((tuple) => tuple.every((part, at) => compare(wires[at]!, part, parts[at]!) === 0));
    }
    return condition(this.#wireOf(filter.column), row, filter, this.#values);
  }

  related(row: WireRow, related: RelatedRows): readonly WireRow[] {
    const key = related.from.map((column) => row[column]);
    return matching(this.#model, this.#tables, related, this.#values, key);
  }
}

export function condition(
  wire: WireKind,
  row: WireRow,
  filter: Extract<Filter, { readonly column: string }>,
  values: Values,
): Truth {
  const actual = row[filter.column] ?? null;
  if (filter.op === 'isNull') return (actual === null) === filter.isNull;
  if ('list' in filter) {
    const list = values[filter.list] as readonly WireValue[];
    if (list.length === 0) return filter.op === 'notIn';
    if (actual === null) return null;
    return list.some((item) => compare(wire, actual, item) === 0) === (filter.op === 'in');
  }
  if (actual === null) return null;
  const against = (ref: number) => compare(wire, actual, values[ref] as WireValue);
  if (filter.op === 'between') return against(filter.low) >= 0 && against(filter.high) <= 0;
  switch (filter.op) {
    case 'eq':
      return against(filter.value) === 0;
    case 'ne':
      return against(filter.value) !== 0;
    case 'gt':
      return against(filter.value) > 0;
    case 'gte':
      return against(filter.value) >= 0;
    case 'lt':
      return against(filter.value) < 0;
    case 'lte':
      return against(filter.value) <= 0;
  }
  return textTest(filter.op, String(actual), String(values[filter.value]));
}
