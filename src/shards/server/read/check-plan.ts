import {
  AGGREGATE_FUNCTIONS,
  type ComputedColumn,
  DATE_TRUNCS,
  type Filter,
  type Grouping,
  type GroupKey,
  type JsonColumn,
  type Measure,
  type OrderTerm,
  type PageShape,
  type PlanNode,
  type PlanRelation,
  type ReadCall,
  type RelatedRows,
} from '../../plan.ts';
import { anything, type Check, listOf, object, oneOf, orNull, tagged } from '../shape-check.ts';

/**
 * Holds a plan to what this release knows of plans. The compiler sees to it that all of a plan's members are named here.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again, for a plan of a newer release.
 */
export const checkPlan: Check = (plan) => node(plan);

const MEASURE_OPS: Readonly<Record<Measure['op'], true>> = {
  count: true,
  sum: true,
  min: true,
  max: true,
  countDistinct: true,
  distinctValues: true,
};

const JSON_FORMS: Readonly<Record<JsonColumn['as'], true>> = {
  text: true,
  number: true,
  boolean: true,
  type: true,
  hasText: true,
  hasNumber: true,
  hasBoolean: true,
};

/** The same for a call, but for its plan, which is checked where it is compiled: once. */
export const checkCall: Check = object<ReadCall>({
  plan: anything,
  values: anything,
  keys: anything,
  shardKeys: anything,
  cacheable: anything,
});

type Through = NonNullable<PlanNode['through']>;
type Search = NonNullable<PlanNode['search']>;
type Of<Union, Tag extends keyof Union, Kind> = Extract<Union, { readonly [Name in Tag]: Kind }>;

const through = orNull(object<Through>({ table: anything, from: anything, to: anything }));

const related: Check = object<RelatedRows>({
  table: anything,
  from: anything,
  match: anything,
  through,
  filter: orNull((value) => filter(value)),
  computed: listOf((value) => computedColumn(value)),
});

const computedColumn: Check = tagged('kind', {
  related: object<Of<ComputedColumn, 'kind', 'related'>>({
    kind: anything,
    name: anything,
    related,
    column: anything,
  }),
  aggregate: object<Of<ComputedColumn, 'kind', 'aggregate'>>({
    kind: anything,
    name: anything,
    related,
    function: oneOf(AGGREGATE_FUNCTIONS),
    column: anything,
  }),
  rank: object<Of<ComputedColumn, 'kind', 'rank'>>({ kind: anything, name: anything }),
  highlights: object<Of<ComputedColumn, 'kind', 'highlights'>>({ kind: anything, name: anything }),
  json: object<JsonColumn>({
    kind: anything,
    name: anything,
    column: anything,
    path: anything,
    as: oneOf(Object.keys(JSON_FORMS)),
    item: anything,
  }),
} satisfies Record<ComputedColumn['kind'], Check>);

const terms = object<Of<Filter, 'op', 'and' | 'or'>>({ op: anything, terms: listOf((value) => filter(value)) });
const term = object<{ op: unknown; term: unknown }>({ op: anything, term: (value) => filter(value) });
const comparison = object<{ op: unknown; column: unknown; value: unknown }>({
  op: anything,
  column: anything,
  value: anything,
});
const inList = object<{ op: unknown; column: unknown; list: unknown }>({
  op: anything,
  column: anything,
  list: anything,
});

const filter: Check = tagged('op', {
  and: terms,
  or: terms,
  not: term,
  isTrue: term,
  exists: object<Of<Filter, 'op', 'exists'>>({ op: anything, related }),
  inKeys: object<Of<Filter, 'op', 'inKeys'>>({ op: anything, columns: anything, list: anything }),
  eq: comparison,
  ne: comparison,
  gt: comparison,
  gte: comparison,
  lt: comparison,
  lte: comparison,
  contains: comparison,
  startsWith: comparison,
  endsWith: comparison,
  like: comparison,
  ieq: comparison,
  icontains: comparison,
  istartsWith: comparison,
  iendsWith: comparison,
  ilike: comparison,
  in: inList,
  notIn: inList,
  between: object<Of<Filter, 'op', 'between'>>({ op: anything, column: anything, low: anything, high: anything }),
  isNull: object<Of<Filter, 'op', 'isNull'>>({ op: anything, column: anything, isNull: anything }),
} satisfies Record<Filter['op'], Check>);

const measures = listOf(object<Measure>({ op: oneOf(Object.keys(MEASURE_OPS)), column: anything }));

const grouping = object<Grouping>({
  keys: listOf(object<GroupKey>({ column: anything, trunc: orNull(oneOf(DATE_TRUNCS)), timeZone: anything })),
  measures,
});

const page = object<PageShape>({
  orderBy: listOf(object<OrderTerm>({ column: anything, descending: anything, nullsFirst: anything })),
  after: anything,
  before: anything,
  fromEnd: anything,
  limit: anything,
  offset: anything,
  rows: anything,
  probeOtherSide: anything,
  totalCount: anything,
  distinct: anything,
  aggregate: orNull(measures),
  groups: orNull(listOf(grouping)),
});

const node: Check = object<PlanNode>({
  table: anything,
  match: anything,
  through,
  computed: listOf(computedColumn),
  columns: anything,
  filter: orNull(filter),
  search: orNull(object<Search>({ query: anything })),
  page: orNull(page),
  relations: listOf(object<PlanRelation>({ key: anything, from: anything, node: (value) => node(value) })),
});
