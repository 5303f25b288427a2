/**
 * The one walk through a plan. The tables below name each member of each part, by type: a member or an operator that is
 * added to a plan does not compile before it stands here, and all that is asked of plans is asked by a {@link PlanVisitor}.
 */
import { DATE_TRUNCS, type Grouping, type GroupKey, MEASURE_OPS, type Measure } from './aggregate.ts';
import {
  AGGREGATE_FUNCTIONS,
  type AggregateColumn,
  type ComputedColumn,
  JSON_FORMS,
  type RelatedColumn,
} from './computed.ts';
import { COMPARISON_OPERATORS, type Filter, LIST_OPERATORS, TEXT_OPERATORS } from './filter.ts';
import type { PageNode, PlanNode, PlanRelation } from './node.ts';
import type { Boundary, OrderTerm } from './order.ts';
import type { PageShape } from './page.ts';
import type { JoinRows, RelatedRows, Search, Source } from './source.ts';
import type { ValueRef } from './value.ts';

/** What a visitor looks at; each part comes before what is in it. */
export interface PlanVisitor {
  /** A table whose rows can decide the answer: of a node, of related rows, of a join. */
  readonly source?: (source: Source) => void;
  /** A column, perhaps a computed one, of the rows of a source. */
  readonly column?: (source: Source, name: string) => void;
  /** A filter, or a term of one, on the rows of a source. */
  readonly filter?: (filter: Filter, source: Source) => void;
  readonly value?: (ref: ValueRef) => void;
  /** A member, operator or function that plans of this release do not have, or the want of one that they must have. */
  readonly unknown?: (name: string) => void;
}

/** Visits a node, its relations included. */
export const visitPlan = (node: PlanNode, visitor: PlanVisitor): void => visitRows<PlanNode>(NODE, node, visitor);

/** Visits a source with its filters and computed columns; of a node nothing else. */
export const visitSource = (source: Source, visitor: PlanVisitor): void =>
  visitMembers(SOURCE, source, { visitor, source });

/** Visits a filter on the rows of a source, with all its terms and the related rows that it asks for. */
export function visitFilter(filter: Filter, source: Source, visitor: PlanVisitor): void {
  visitor.filter?.(filter, source);
  visitTagged(FILTERS, filter.op, filter, { visitor, source });
}

/** Where a part is: whose rows its columns are of. */
interface Place {
  readonly visitor: PlanVisitor;
  readonly source: Source;
}

/** How each member of a part is visited. */
type Members<Part> = {
  readonly [Name in keyof Part as Name extends string ? Name : never]-?: (
    value: Exclude<Part[Name], undefined>,
    place: Place,
    part: Part,
  ) => void;
};

type VariantOf<Union, Tag extends keyof Union, Kind> = Union extends unknown
  ? Kind extends Union[Tag]
    ? Union
    : never
  : never;

/** How the parts of a union are visited, by tag. */
type Tagged<Union, Tag extends keyof Union> = {
  readonly [Kind in Union[Tag] & string]: Members<VariantOf<Union, Tag, Kind>>;
};

/** Names and flags. */
const plain = (): void => {};

const column = (name: string | null, { visitor, source }: Place): void => {
  if (name !== null) visitor.column?.(source, name);
};

const columns = (names: readonly string[], place: Place): void => {
  for (const name of names) column(name, place);
};

const value = (ref: ValueRef | null, { visitor }: Place): void => {
  if (ref !== null) visitor.value?.(ref);
};

const boundary = (values: Boundary | null, place: Place): void => {
  for (const each of values ?? []) value(typeof each === 'object' && each !== null ? each.stored : each, place);
};

const oneOf =
  (known: readonly string[]) =>
  (name: string | null, { visitor }: Place): void => {
    if (name !== null && !known.includes(name)) visitor.unknown?.(name);
  };

const filter = (term: Filter | null, { visitor, source }: Place): void => {
  if (term !== null) visitFilter(term, source, visitor);
};

const through = (join: JoinRows | null, { visitor }: Place): void => {
  if (join !== null) visitRows(JOIN, join, visitor);
};

const related = (rows: RelatedRows, place: Place): void => {
  columns(rows.from, place);
  visitRows(RELATED, rows, place.visitor);
};

const listOf =
  <Part extends object>(members: Members<Part>) =>
  (parts: readonly Part[], place: Place): void => {
    for (const part of parts) visitPart(members, part, place);
  };

const SEARCH: Members<Search> = { query: value, columns };

const SOURCE: Members<Source> = {
  table: (_, { visitor, source }) => visitor.source?.(source),
  access: filter,
  hiddenBy: column,
  filter,
  search: (search, place) => {
    if (search !== null) visitPart(SEARCH, search, place);
  },
  computed: (list, place) => {
    for (const each of list) visitTagged(COMPUTED, each.kind, each, place);
  },
};

const JOIN: Members<JoinRows> = { ...SOURCE, from: columns, to: columns };

/** `from` are columns of the outer row, which are visited there. */
const RELATED: Members<RelatedRows> = { ...SOURCE, from: plain, match: columns, through };

const terms = {
  op: plain,
  terms: (list: readonly Filter[], place: Place) => {
    for (const each of list) filter(each, place);
  },
};
const term = { op: plain, term: filter };
const comparison = { op: plain, column, value };
const inList = { op: plain, column, list: value };

const each = <Name extends string, Variant>(names: readonly Name[], variant: Variant) =>
  Object.fromEntries(names.map((name) => [name, variant])) as Record<Name, Variant>;

const FILTERS: Tagged<Filter, 'op'> = {
  and: terms,
  or: terms,
  not: term,
  isTrue: term,
  exists: { op: plain, related },
  inKeys: { op: plain, columns, list: value },
  ...each([...COMPARISON_OPERATORS, ...TEXT_OPERATORS], comparison),
  ...each(LIST_OPERATORS, inList),
  between: { op: plain, column, low: value, high: value },
  isNull: { op: plain, column, isNull: plain },
};

const columnOfRelated = (
  name: string | null,
  { visitor }: Place,
  { related: source }: RelatedColumn | AggregateColumn,
): void => column(name, { visitor, source });

const COMPUTED: Tagged<ComputedColumn, 'kind'> = {
  related: { kind: plain, name: plain, related, column: columnOfRelated },
  aggregate: { kind: plain, name: plain, related, function: oneOf(AGGREGATE_FUNCTIONS), column: columnOfRelated },
  json: { kind: plain, name: plain, column, path: value, as: oneOf(JSON_FORMS), item: value },
  rank: { kind: plain, name: plain },
  highlights: { kind: plain, name: plain },
};

const ORDER: Members<OrderTerm> = { column, descending: plain, nullsFirst: plain };
const MEASURE: Members<Measure> = { op: oneOf(MEASURE_OPS), column };
const GROUP_KEY: Members<GroupKey> = { column, trunc: oneOf(DATE_TRUNCS), timeZone: value };
const GROUPING: Members<Grouping> = { keys: listOf(GROUP_KEY), measures: listOf(MEASURE) };

const PAGE: Members<PageShape> = {
  orderBy: listOf(ORDER),
  after: boundary,
  before: boundary,
  fromEnd: plain,
  limit: value,
  offset: value,
  rows: plain,
  probeOtherSide: plain,
  totalCount: plain,
  distinct: plain,
  aggregate: listOf(MEASURE),
  groups: listOf(GROUPING),
};

const RELATION: Members<PlanRelation> = {
  key: plain,
  from: columns,
  node: (node, { visitor }) => visitPlan(node, visitor),
};

const NODE: Members<Omit<PageNode, 'page'> & Pick<PlanNode, 'page'>> = {
  ...SOURCE,
  match: columns,
  through,
  columns,
  page: (page, place) => {
    if (page !== null) visitPart(PAGE, page, place);
  },
  relations: listOf(RELATION),
};

/** A part that is a source. */
function visitRows<Rows extends Source>(members: Members<Rows>, rows: Rows, visitor: PlanVisitor): void {
  const place = { visitor, source: rows };
  if (rows.access === undefined) visitor.unknown?.('access');
  visitPart(members, rows, place);
}

function visitTagged<Part extends object>(
  variants: Readonly<Record<string, unknown>>,
  tag: string,
  part: Part,
  place: Place,
): void {
  if (!Object.hasOwn(variants, tag)) {
    place.visitor.unknown?.(tag);
    return;
  }
  visitPart(variants[tag] as Members<Part>, part, place);
}

function visitPart<Part extends object>(members: Members<Part>, part: Part, place: Place): void {
  findUnknown(members, part, place);
  visitMembers(members, part, place);
}

function visitMembers<Part extends object>(members: Members<Part>, part: Part, place: Place): void {
  for (const [name, visit] of Object.entries<(value: never, place: Place, part: Part) => void>(members)) {
    const member = part[name as keyof Part];
    if (member !== undefined) visit(member as never, place, part);
  }
}

function findUnknown<Part extends object>(members: Members<Part>, part: Part, { visitor }: Place): void {
  if (visitor.unknown === undefined) return;
  for (const name of Object.keys(part)) if (!Object.hasOwn(members, name)) visitor.unknown(name);
}
