/**
 * Where the contract has the product refuse instead of answer. Everything else that the generator makes must be answered:
 * it stays below all other bounds (250 conditions, 10,000 keys of an id set, 100,000 related rows, sums beyond 2^53).
 *
 * It must refuse a list, with `BAD_USER_INPUT`:
 * - orders by rows of other shards, and filters on aggregates of them;
 * - `first` with `last`, `offset` with a cursor or with `last`, and pages of fewer than 0 or more than 100 rows.
 *
 * It may refuse:
 * - with `BAD_USER_INPUT` or `DEPTH_LIMIT_EXCEEDED` ("nested at most"), conditions inside two or more relations, and
 *   patterns on JSON inside one: the platform's SQLite refuses expressions deeper than 100 levels, and counts those of a
 *   correlated subquery once more for each expression around it.
 */
import type { GraphQLErrorAnswer } from '../graphql.ts';
import type { Input, ListQuery } from './query.ts';
import { type Entity, entityOf, type World } from './world.ts';

const QUANTIFIERS = new Set(['some', 'every', 'none', 'where']);

const MAX_PAGE = 100;

export function mustRefuse(world: World, { type, args }: Pick<ListQuery, 'type' | 'args'>): boolean {
  const { where = {}, orderBy = [], first, last, after, before, offset } = args;
  const entity = entityOf(world, type);
  const isGiven = (value: unknown) => value !== undefined;
  return (
    orderBy.some((entry) => leavesShard(world, entity, entry, () => true)) ||
    leavesShard(world, entity, where, (name) => name.endsWith('Aggregate')) ||
    (isGiven(first) && isGiven(last)) ||
    (isGiven(offset) && [after, before, last].some(isGiven)) ||
    [first, last].some((rows) => rows !== undefined && (rows < 0 || rows > MAX_PAGE))
  );
}

/** Somewhere a relation across shards is named by a field for which `counts` holds. */
function leavesShard(world: World, entity: Entity, input: Input, counts: (name: string) => boolean): boolean {
  return Object.entries(input).some(([name, value]) => {
    if (typeof value !== 'object' || value === null) return false;
    const inner = (of: Entity) => (one: unknown) => leavesShard(world, of, one as Input, counts);
    if (Array.isArray(value)) return value.some((one) => typeof one === 'object' && inner(entity)(one));
    const relation = entity.relations.find((one) => [one.name, `${one.name}Aggregate`].includes(name));
    if (relation === undefined) return inner(entity)(value);
    return (!relation.colocated && counts(name)) || inner(entityOf(world, relation.target))(value);
  });
}

export function mayRefuse(world: World, query: ListQuery, { message, extensions }: GraphQLErrorAnswer): boolean {
  const code = extensions?.code;
  if (code !== 'BAD_USER_INPUT' && code !== 'DEPTH_LIMIT_EXCEEDED') return false;
  return message.includes('nested at most') && filtersOf(query).some((where) => isDeep(world, where, 0));
}

/** All filters of a list and of those within it. */
function filtersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'where' ? [inner] : filtersOf(inner)));
}

/** @param relations How many relations have been gone through, as far as their names tell. */
function isDeep(world: World, value: unknown, relations: number): boolean {
  if (relations >= 2) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => {
    if (relations === 1 && isJsonColumn(world, name) && ('like' in inner || 'ilike' in inner)) return true;
    return isDeep(world, inner, relations + (isRelation(name, inner) ? 1 : 0));
  });
}

const isJsonColumn = (world: World, name: string): boolean =>
  world.entities.some(({ columns }) => columns.some((column) => column.name === name && column.kind === 'json'));

/** Columns hold operators alone, which hold no objects. */
const isRelation = (name: string, inner: unknown): boolean =>
  typeof inner === 'object' &&
  inner !== null &&
  !Array.isArray(inner) &&
  name !== 'NOT' &&
  !QUANTIFIERS.has(name) &&
  Object.values(inner).some((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
