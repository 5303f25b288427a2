/** Random queries over given rows; fast-check shrinks failing ones to something readable. */
import fc, { type Arbitrary } from 'fast-check';
import {
  DIRECTIONS,
  type Field,
  type ListArguments,
  type ListSelection,
  type Order,
  type Page,
  type Query,
  type Root,
  type RowSelection,
  type Spelling,
  type Where,
} from './query.ts';
import type { Rows } from './rows.ts';
import { type Column, TABLES, type TypeName, table } from './tables.ts';

const MAX_DEPTH = 4;
const MAX_NESTED_PAGE = 4;
const DEFAULT_PAGE = 20;

const COMPARISONS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'];
const TEXT = ['contains', 'startsWith', 'endsWith', 'icontains', 'istartsWith', 'iendsWith', 'ieq'];
const LIKE = ['like', 'ilike'];

export function arbitraryQuery(rows: Rows): Arbitrary<Query> {
  const roots = fc.oneof(
    { weight: 6, arbitrary: anyType((type) => rootList(rows, type)) },
    { weight: 3, arbitrary: anyType((type) => single(rows, type)) },
    { weight: 1, arbitrary: anyType((type) => node(rows, type)) },
  );
  return fc.record({ roots: fc.array(roots, { minLength: 1, maxLength: 3 }), variables: fc.boolean() });
}

/** A root list to be walked page by page. */
export interface Walk {
  readonly type: TypeName;
  readonly args: ListArguments;
  readonly pageRows: number;
}

export const arbitraryWalk = (rows: Rows): Arbitrary<Walk> =>
  anyType((type) =>
    fc.record({
      type: fc.constant(type),
      args: fc.record({
        where: fc.option(whereOf(rows, type, 1), { nil: undefined }),
        orderBy: fc.option(ordersOf(type), { nil: undefined }),
        tenant: fc.option(fc.nat(rows.Tenant.length - 1), { nil: undefined }),
      }),
      pageRows: fc.integer({ min: 1, max: 40 }),
    }),
  );

const anyType = <T>(make: (type: TypeName) => Arbitrary<T>): Arbitrary<T> =>
  fc.oneof(...TABLES.map(({ type }) => make(type)));

const rootList = (rows: Rows, type: TypeName): Arbitrary<Root> =>
  fc.record({
    kind: fc.constant('list' as const),
    list: listOf(rows, type, 1, fc.option(fc.nat(rows.Tenant.length - 1), { nil: undefined })),
  });

const single = (rows: Rows, type: TypeName): Arbitrary<Root> =>
  fc.record({
    kind: fc.constant('single' as const),
    key: fc.constantFrom(...table(type).keys),
    target: fc.oneof(
      { weight: 5, arbitrary: fc.nat(rows[type].length - 1) },
      { weight: 1, arbitrary: fc.constant(-1) },
    ),
    withShardKey: fc.boolean(),
    row: rowOf(rows, type, 1),
  });

const node = (rows: Rows, type: TypeName): Arbitrary<Root> => {
  const target = fc.nat(rows[type].length - 1);
  const row = rowOf(rows, type, 1);
  return fc.oneof(
    fc.record({ kind: fc.constant('node' as const), target, row }),
    fc.record({ kind: fc.constant('nodes' as const), targets: fc.array(target, { maxLength: 8 }), row }),
  );
};

const spelling: Arbitrary<Spelling> = fc.record({
  aliased: fc.nat(9).map((n) => n === 9),
  fragment: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('inline' as const, 'named' as const) },
  ),
  directive: fc.oneof(
    { weight: 9, arbitrary: fc.constant('none' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('include-true', 'skip-false', 'include-false', 'skip-true') as Arbitrary<
        Spelling['directive']
      >,
    },
  ),
});

function rowOf(rows: Rows, type: TypeName, depth: number): Arbitrary<RowSelection> {
  const of = table(type);
  const spelled = <T extends object>(field: Arbitrary<T>): Arbitrary<Field> =>
    fc.tuple(field, spelling).map(([what, how]) => ({ ...what, ...how }) as unknown as Field);
  const columns = spelled(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('column'),
          name: fc.constantFrom(...of.columns.map(({ name }) => name)),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('nodeId', 'typename') }) },
    ),
  );
  const relations =
    depth >= MAX_DEPTH
      ? []
      : of.relations.map(({ name, kind, target }) =>
          kind === 'one'
            ? spelled(
                fc.record({ kind: fc.constant('one'), name: fc.constant(name), row: rowOf(rows, target, depth + 1) }),
              )
            : spelled(
                fc.record({
                  kind: fc.constant('many'),
                  name: fc.constant(name),
                  list: listOf(rows, target, depth + 1, fc.constant(undefined)),
                }),
              ),
        );
  const field =
    relations.length === 0
      ? columns
      : fc.oneof({ weight: 3, arbitrary: columns }, { weight: 2, arbitrary: fc.oneof(...relations) });
  return fc.array(field, { minLength: 1, maxLength: depth === 1 ? 5 : 3 }).map((fields) => ({ type, fields }));
}

function listOf(
  rows: Rows,
  type: TypeName,
  depth: number,
  tenant: Arbitrary<number | undefined>,
): Arbitrary<ListSelection> {
  // Rows cost most: half of the lists show nodes, some edges, the rest only facts about the page.
  const args: Arbitrary<ListArguments> = fc
    .tuple(
      fc.option(whereOf(rows, type, 2), { nil: undefined }),
      fc.option(ordersOf(type), { nil: undefined }),
      pageOf(rows, type, depth),
      tenant,
    )
    .map(([where, orderBy, page, tenant]) => ({ where, orderBy, ...page, tenant }));
  const row = rowOf(rows, type, depth);
  return fc
    .record({
      args,
      show: fc.constantFrom('nodes', 'nodes', 'nodes', 'edges', 'none'),
      row,
      pageInfo: fc.boolean(),
      totalCount: fc.boolean(),
    })
    .map(({ args, show, row, pageInfo, totalCount }) => ({
      type,
      args,
      nodes: show === 'nodes' ? row : null,
      edges: show === 'edges' ? row : null,
      pageInfo,
      totalCount: totalCount || (show === 'none' && !pageInfo),
    }));
}

function pageOf(rows: Rows, type: TypeName, depth: number): Arbitrary<Page> {
  const size = fc.nat(depth === 1 ? DEFAULT_PAGE : MAX_NESTED_PAGE);
  const boundary = fc.nat(rows[type].length - 1);
  const shapes: Arbitrary<Page>[] = [
    fc.record({ first: size }),
    fc.record({ first: size, after: boundary }),
    fc.record({ first: size, offset: fc.nat(12) }),
    fc.record({ last: size }),
    fc.record({ last: size, before: boundary }),
  ];
  // Without a size the page is the default one: too many rows for every level of a deep tree.
  if (depth === 1 || depth === MAX_DEPTH) shapes.push(fc.constant({}), fc.record({ after: boundary }));
  return fc.oneof(...shapes);
}

/** Each value once: what is named again is refused. */
const ordersOf = (type: TypeName): Arbitrary<Order[]> =>
  fc.uniqueArray(orderOf(type), { maxLength: 3, selector: ({ path }) => path.join('.') });

const orderOf = (type: TypeName): Arbitrary<Order> =>
  fc.record({ path: pathOf(type, 2), direction: fc.constantFrom(...DIRECTIONS) });

/** What rows can be ordered by, with up to `steps` to-one relations on the way. */
function pathOf(type: TypeName, steps: number): Arbitrary<readonly string[]> {
  const { relations } = table(type);
  const toOne = relations
    .filter(({ kind }) => kind === 'one' && steps > 0)
    .map(({ name, target }) => pathOf(target, steps - 1).map((path) => [name, ...path]));
  const aggregates = relations
    .filter(({ kind }) => kind === 'many')
    .map(({ name, target }) => aggregateOf(target).map((path) => [`${name}Aggregate`, ...path]));
  const columns = orderable(type).map(({ name }) => [name]);
  return fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...columns) }, ...toOne, ...aggregates);
}

function aggregateOf(type: TypeName): Arbitrary<readonly string[]> {
  const columns = orderable(type).map(({ name }) => name);
  const numbers = orderable(type).flatMap(({ name, kind }) => (kind === 'int' ? [name] : []));
  const ofColumns = fc.tuple(fc.constantFrom('countDistinct', 'min', 'max'), fc.constantFrom(...columns));
  if (numbers.length === 0) return fc.oneof(fc.constant(['count']), ofColumns);
  const ofNumbers = fc.tuple(fc.constantFrom('sum', 'avg'), fc.constantFrom(...numbers));
  return fc.oneof(fc.constant(['count']), ofColumns, ofNumbers);
}

const orderable = (type: TypeName): readonly Column[] => table(type).columns.filter(({ kind }) => kind !== 'json');

function whereOf(rows: Rows, type: TypeName, depth: number): Arbitrary<Where> {
  const columns = table(type).columns.filter(({ kind }) => kind !== 'json');
  const simple = fc.oneof(
    ...columns.map((column) => operatorsOf(rows, type, column).map((operators) => ({ [column.name]: operators }))),
  );
  // The negation of one condition shows whether NULL is neither true nor false.
  const parts: Arbitrary<Where>[] = [simple, simple, simple.map((NOT) => ({ NOT }))];
  if (depth > 0) {
    const inner = whereOf(rows, type, depth - 1);
    const list = fc.array(inner, { maxLength: 3 });
    parts.push(
      list.map((AND) => ({ AND })),
      list.map((OR) => ({ OR })),
      inner.map((NOT) => ({ NOT })),
    );
  }
  return fc.array(fc.oneof(...parts), { maxLength: 2 }).map((all) => Object.assign({}, ...all) as Where);
}

function operatorsOf(rows: Rows, type: TypeName, column: Column): Arbitrary<Record<string, unknown>> {
  const present = [...new Set(rows[type].map((row) => row[column.sql]!))].filter((value) => value !== null);
  const value: Arbitrary<unknown> =
    column.kind === 'int'
      ? fc.oneof(fc.constantFrom(...present), fc.integer({ min: -5, max: 1000 }))
      : column.kind === 'enum'
        ? fc.constantFrom(...present).map((stored) => String(stored).toUpperCase())
        : column.kind === 'dateTime'
          ? fc.constantFrom(...present)
          : fc.oneof(fc.constantFrom(...present), fc.string({ unit: 'grapheme', maxLength: 3 }));
  const list = fc.array(value, { maxLength: 5 });
  const one = (operators: readonly string[], operand: Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(...operators), operand).map(([operator, is]) => ({ [operator]: is }));
  const shapes: Arbitrary<Record<string, unknown>>[] = [
    one(['in', 'notIn'], list),
    one(['isNull'], fc.boolean()),
    one(column.kind === 'enum' ? ['eq', 'ne'] : COMPARISONS, value),
  ];
  if (column.kind !== 'enum') shapes.push(fc.tuple(value, value).map((between) => ({ between })));
  if (column.kind === 'text') {
    const texts = present as string[];
    shapes.push(one(TEXT, textPart(texts)), one(TEXT, textPart(texts)), one(LIKE, likePattern(texts)));
  }
  return fc.oneof(
    ...shapes,
    fc.tuple(...[shapes[1]!, shapes[2]!]).map((pair) => Object.assign({}, ...pair)),
  );
}

/** A piece of a text that is there, in a random case. */
const textPart = (texts: readonly string[]): Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...texts), fc.nat(8), fc.nat(8), fc.nat(2)).map(([text, skip, take, folding]) => {
    const part = [...text]
      .slice(skip % (text.length + 1))
      .slice(0, take)
      .join('');
    return folding === 0 ? part : folding === 1 ? part.toUpperCase() : part.toLowerCase();
  });

const likePattern = (texts: readonly string[]): Arbitrary<string> =>
  fc
    .tuple(textPart(texts), fc.constantFrom('%', '_', '', '%%', '_%'), fc.constantFrom('%', '_', '', '\\%', '\\_'))
    .map(([part, before, after]) => before + part + after);
