/** Random rows, filters, pages and nested plans over a model, full of values that are hard to get right. */

import fc from 'fast-check';
import type {
  ColumnModel,
  Model,
  RelationModel,
  TableModel,
  WireKind,
  WireValue,
} from '../../../../src/model/types.ts';
import { columnKind } from '../../../../src/shards/plan/column-kind.ts';
import { AGGREGATE_FUNCTIONS, type ComputedColumn } from '../../../../src/shards/plan/computed.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { PlanNode, PlanRelation } from '../../../../src/shards/plan/node.ts';
import type { Boundary, OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import type { PlanValue } from '../../../../src/shards/plan/value.ts';
import { joinOf, nodeOf, relatedOf } from '../../../support/plans.ts';
import type { WireRow } from './lab-database.ts';
import { type Tables, withComputed } from './naive-plan.ts';

const TEXT_PIECES =
  'a|A|b|B|ab|Ab|é|É|İ|ı|i|I|ß|ẞ|k|K|\u212A|ſ|s|Σ|σ|ς|ΑΣ|\0|\0a|😀|\u{1F600}\u{1F601}|\uE000|\uFFFD|\u{10FFFF}|%|_|\\|\\%| '.split(
    '|',
  );
const text = fc.array(fc.constantFrom(...TEXT_PIECES), { maxLength: 4 }).map((pieces) => pieces.join(''));
const pattern = fc
  .array(fc.constantFrom('%', '%', '_', ...TEXT_PIECES), { maxLength: 5 })
  .map((pieces) => pieces.join(''));
const int64 = fc.constantFrom(
  '0',
  '-1',
  '1',
  '7',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775806',
  '9223372036854775807',
  '-9223372036854775808',
);

const BY_WIRE: Readonly<Record<WireKind, fc.Arbitrary<WireValue>>> = {
  text,
  int: fc.constantFrom(0, 1, -1, 2, 7, 100, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  int64,
  real: fc.oneof(
    fc.constantFrom(0, -0, 0.1, 0.30000000000000004, 1.5, -1.5, 2 ** 60, 1e300, 5e-324, 2 ** 53 + 2, 123456789.123),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  ),
  decimal: fc.constantFrom('0', '1.5', '-1.5', '100', '0.000001', '123456789012345', '99999999999999.9', '-0.1'),
  blob: fc.constantFrom('', '00', '0000', '61', 'ff', '00ff', 'c3'),
  bigintBlob: int64,
  jsonBlob: fc.constantFrom('{}', '[]', '{"a":1}', 'null', '"é"'),
};

export function columnValue(column: Pick<ColumnModel, 'wire' | 'enum'>): fc.Arbitrary<WireValue> {
  if (column.enum) return fc.constantFrom(...column.enum.values.map(([, stored]) => stored));
  return BY_WIRE[column.wire];
}

/** Rows without generated columns; `keys` gives the values of key columns. */
export const rowOf = (
  table: TableModel,
  keys: Readonly<Record<string, fc.Arbitrary<WireValue>>>,
): fc.Arbitrary<WireRow> =>
  fc.record(
    Object.fromEntries(
      table.columns
        .filter(({ generated }) => !generated)
        .map((column) => {
          const value = keys[column.name] ?? columnValue(column);
          return [column.name, column.notNull || keys[column.name] ? value : fc.option(value, { freq: 3 })];
        }),
    ),
  );

/** Collects values while a plan is made. */
type Values = PlanValue[];

const ref = (values: Values, value: PlanValue): number => values.push(value) - 1;

const COMPARISONS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const;
const TEXT_OPERATORS = [
  'contains',
  'startsWith',
  'endsWith',
  'like',
  'ieq',
  'icontains',
  'istartsWith',
  'iendsWith',
  'ilike',
] as const;

/** A column of a table, or one that a plan computes. */
type PlanColumn = Pick<ColumnModel, 'name' | 'wire' | 'enum'>;

/** Something a plan is made of, written once its values have a place. */
type Draft<T> = fc.Arbitrary<(values: Values) => T>;

function conditionDraft(columns: readonly PlanColumn[]): Draft<Filter> {
  return fc.constantFrom(...columns).chain((column): Draft<Filter> => {
    const value = columnValue(column);
    const name = column.name;
    const drafts: Draft<Filter>[] = [
      fc.tuple(fc.constantFrom(...COMPARISONS), value).map(([op, operand]) => (values) => ({
        op,
        column: name,
        value: ref(values, operand),
      })),
      fc
        .tuple(fc.constantFrom('in' as const, 'notIn' as const), fc.array(value, { maxLength: 4 }))
        .map(([op, list]) => (values) => ({ op, column: name, list: ref(values, list) })),
      fc.tuple(value, value).map(([low, high]) => (values) => ({
        op: 'between',
        column: name,
        low: ref(values, low),
        high: ref(values, high),
      })),
      fc.boolean().map((isNull) => () => ({ op: 'isNull', column: name, isNull })),
    ];
    if (column.wire === 'text') {
      const draft: Draft<Filter> = fc.constantFrom(...TEXT_OPERATORS).chain((op) =>
        (op.endsWith('like') ? pattern : text).map((operand) => (values: Values) => ({
          op,
          column: name,
          value: ref(values, operand),
        })),
      );
      drafts.push(draft, draft, draft, draft);
    }
    return fc.oneof(...drafts);
  });
}

/** Tuples of columns that are keys of rows, some of them, and some that are none. */
const keysDraft = (table: TableModel, rows: readonly WireRow[]): Draft<Filter> =>
  fc.uniqueArray(fc.constantFrom(...table.columns), { minLength: 1, maxLength: 3 }).chain((columns) => {
    const present = fc.constantFrom(...rows).map((row) => columns.map(({ name }) => row[name] ?? null));
    const tuple = fc
      .oneof(present, fc.tuple(...columns.map(columnValue)))
      .filter((values) => !values.includes(null) && values.every((value) => !Object.is(value, -0)));
    return fc.array(tuple, { maxLength: 5 }).map(
      (tuples) =>
        (values: Values): Filter => ({
          op: 'inKeys',
          columns: columns.map(({ name }) => name),
          list: ref(values, tuples),
        }),
    );
  });

/** How the rows of a co-located relation are found. */
export const linkOf = ({ to, through }: RelationModel): Pick<PlanNode, 'match' | 'through'> => ({
  match: to,
  through: through && joinOf({ table: through.type, from: through.from, to: through.to }),
});

const existsDraft = (model: Model, tables: Tables, relation: RelationModel, depth: number): Draft<Filter> =>
  fc.option(filterDraft(model, tables, relation.targetType, depth), { freq: 4 }).map(
    (filter) =>
      (values: Values): Filter => ({
        op: 'exists',
        related: relatedOf({
          table: relation.targetType,
          from: relation.from,
          ...linkOf(relation),
          filter: filter?.(values) ?? null,
        }),
      }),
  );

/** A filter with related rows up to `depth` levels deep. */
export function filterDraft(
  model: Model,
  tables: Tables,
  type: string,
  depth: number,
  computed: readonly PlanColumn[] = [],
): Draft<Filter> {
  const table = model.table(type);
  const leaves = [conditionDraft(table.columns), conditionDraft([...computed, ...computed, ...table.columns])];
  if (tables[type]!.length > 0) leaves.push(keysDraft(table, tables[type]!));
  if (depth > 0) {
    const relations = table.relations.filter(({ colocated }) => colocated);
    leaves.push(...relations.map((relation) => existsDraft(model, tables, relation, depth - 1)));
  }
  return fc.letrec<{ filter: (values: Values) => Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.oneof(...leaves),
      fc.tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { maxLength: 4 })).map(
        ([op, terms]) =>
          (values: Values): Filter => ({ op, terms: terms.map((term) => term(values)) }),
      ),
      fc.tuple(fc.constantFrom('not' as const, 'not' as const, 'isTrue' as const), tie('filter')).map(
        ([op, term]) =>
          (values: Values): Filter => ({ op, term: term(values) }),
      ),
    ),
  })).filter;
}

/** Columns that a plan computes beside those of a table: to-one steps up to `depth`, and aggregates at each of them. */
function computedDraft(
  model: Model,
  tables: Tables,
  type: string,
  name: string,
  depth: number,
): Draft<ComputedColumn> | null {
  const relations = model
    .table(type)
    .relations.filter(({ colocated, kind }) => colocated && (kind === 'many' || depth > 0));
  if (relations.length === 0) return null;
  return fc.constantFrom(...relations).chain((relation): Draft<ComputedColumn> => {
    const { from, targetType } = relation;
    const target = model.table(targetType);
    const inner = depth > 0 ? computedDraft(model, tables, targetType, `${name}+`, depth - 1) : null;
    // Sums of fractions depend on the order in which they are added.
    const numbers = target.columns.filter(({ wire }) => ['int', 'int64', 'bigintBlob'].includes(wire));
    return fc
      .record({
        filter: fc.option(filterDraft(model, tables, targetType, 1), { freq: 1 }),
        inner: inner ? fc.option(inner, { freq: 4 }) : fc.constant(null),
        ofInner: fc.boolean(),
        column: fc.constantFrom(...target.columns.map((column) => column.name)),
        ofNumbers: fc.constantFrom(...AGGREGATE_FUNCTIONS),
        number: fc.constantFrom(...numbers.map((column) => column.name), null),
        ofAll: fc.constantFrom('count', 'countDistinct', 'min', 'max' as const),
      })
      .map((draft) => (values): ComputedColumn => {
        const computed = draft.inner ? [draft.inner(values)] : [];
        const filter = relation.kind === 'many' ? draft.filter : null;
        const rows = { table: targetType, from, ...linkOf(relation) };
        const related = relatedOf({ ...rows, filter: filter?.(values) ?? null, computed });
        const column = draft.ofInner ? (computed[0]?.name ?? draft.column) : draft.column;
        if (relation.kind === 'one') return { kind: 'related', name, related, column };
        if (draft.ofInner) return { kind: 'aggregate', name, related, function: draft.ofAll, column };
        const fn = draft.number === null ? 'count' : draft.ofNumbers;
        return { kind: 'aggregate', name, related, function: fn, column: draft.number };
      });
  });
}

const orderOf = (table: TableModel, computed: readonly string[]): fc.Arbitrary<OrderTerm[]> =>
  fc
    .tuple(
      fc.uniqueArray(
        fc.record({
          column: fc.constantFrom(...computed, ...computed, ...computed, ...table.columns.map(({ name }) => name)),
          descending: fc.boolean(),
          nullsFirst: fc.boolean(),
        }),
        { maxLength: 4, selector: ({ column }) => column },
      ),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    )
    .map(([terms, directions]) => [
      ...terms,
      ...table.primaryKey.columns
        .filter(({ name }) => !terms.some(({ column }) => column === name))
        .map(({ name }, at) => ({ column: name, descending: directions[at]!, nullsFirst: directions[at + 4]! })),
    ]);

export function pageDraft(
  table: TableModel,
  computed: readonly string[],
  rows: readonly WireRow[],
  complete: (row: WireRow) => WireRow,
): Draft<PageShape> {
  const position = rows.length > 0 ? fc.option(fc.constantFrom(...rows), { freq: 2 }) : fc.constant(null);
  return fc
    .record({
      orderBy: orderOf(table, computed),
      after: position,
      before: position,
      fromEnd: fc.boolean(),
      limit: fc.constantFrom(0, 1, 2, 3, 5, 20, 100),
      offset: fc.option(fc.constantFrom(0, 1, 3, 1000), { freq: 2 }),
      rows: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      probeOtherSide: fc.boolean(),
      totalCount: fc.boolean(),
    })
    .map((page) => (values) => {
      const boundary = (position: WireRow | null): Boundary | null => {
        const row = position && complete(position);
        return row && page.orderBy.map(({ column }) => (row[column] == null ? null : ref(values, row[column])));
      };
      const plain = page.after === null && page.before === null && !page.fromEnd;
      return {
        ...page,
        after: boundary(page.after),
        before: boundary(page.before),
        limit: ref(values, page.limit),
        offset: plain && page.offset !== null ? ref(values, page.offset) : null,
      };
    });
}

/** A node over `type` that matches `match`, with relations nested up to `depth` levels. */
export function nodeDraft(
  model: Model,
  tables: Tables,
  type: string,
  link: Pick<PlanNode, 'match' | 'through'>,
  isMany: boolean,
  depth: number,
): Draft<PlanNode> {
  const table = model.table(type);
  const relations = depth === 0 ? [] : table.relations.filter(({ colocated }) => colocated);
  const computed = ['#a', '#b']
    .map((name) => computedDraft(model, tables, type, name, 2))
    .filter((draft) => draft !== null);
  return fc.tuple(...computed).chain((computedDrafts) => {
    const columnsIn = (values: Values) => computedDrafts.map((draft) => draft(values));
    const samples: Values = [];
    const shapes = columnsIn(samples);
    const virtual = shapes.map(({ name }): PlanColumn => {
      const { wire } = columnKind(model, { table: type, computed: shapes }, name)!;
      return { name, wire, enum: null };
    });
    const names = virtual.map(({ name }) => name);
    const complete = (row: WireRow) => withComputed(model, tables, row, shapes, samples);
    return fc
      .record({
        filter: fc.option(filterDraft(model, tables, type, 3, virtual), { freq: isMany ? 2 : 1 }),
        page: isMany ? pageDraft(table, names, tables[type]!, complete) : fc.constant(null),
        columns: fc.subarray([...table.columns.map(({ name }) => name), ...names]),
        version: fc.boolean(),
        relations: fc.subarray(relations, { maxLength: Math.min(2, relations.length) }).chain((some) =>
          fc.tuple(
            ...some.map((relation) => {
              const { name: key, from, targetType } = relation;
              return nodeDraft(model, tables, targetType, linkOf(relation), relation.kind === 'many', depth - 1).map(
                (node) =>
                  (values: Values): PlanRelation => ({ key, from, node: node(values) }),
              );
            }),
          ),
        ),
      })
      .map((node) => (values) => {
        const page = node.page?.(values) ?? null;
        const relationPlans = node.relations.map((relation) => relation(values));
        const needed = [
          ...node.columns,
          ...(node.version ? ['#version'] : []),
          ...relationPlans.flatMap(({ from }) => from),
          ...(page?.orderBy.map(({ column }) => column) ?? []),
        ];
        return nodeOf({
          table: type,
          ...link,
          computed: columnsIn(values),
          columns: [...new Set(needed)],
          filter: node.filter?.(values) ?? null,
          page,
          relations: relationPlans,
        });
      });
  });
}
