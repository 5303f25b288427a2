/**
 * Where the contract has the product refuse instead of answer. Everything else that the generator makes must be answered:
 * it stays below all other bounds but that of depth (250 conditions, 10,000 keys of an id set, 100,000 related rows, sums beyond 2^53).
 *
 * It must refuse a list, with `BAD_USER_INPUT`:
 * - orders by rows of other shards, and filters on aggregates of them;
 * - orders that name a value twice;
 * - `first` with `last`, `offset` with a cursor or with `last`, and pages of fewer than 0 or more than 100 rows.
 */
import { type Input, type ListQuery, orderedValue } from './query.ts';
import { type Entity, entityOf, type World } from './world.ts';

const MAX_PAGE = 100;
/** Each level of a filter takes up to five in the database, of which there are 41 at least. */
const MAX_ALWAYS_ANSWERED_LEVELS = 8;

/** It may refuse a filter that nests so deep, with `DEPTH_LIMIT_EXCEEDED`: one among some 200,000 lists. */
export const mayRefuseDepth = (query: ListQuery): boolean => filterLevels(query) > MAX_ALWAYS_ANSWERED_LEVELS;

/** Of the deepest filter, wherever it is. */
function filterLevels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(
    0,
    ...Object.entries(value).map(([name, inner]) =>
      name === 'where' || name === 'having' ? levels(inner) : filterLevels(inner),
    ),
  );
}

function levels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Math.max(0, ...Object.values(value).map(levels));
  return Array.isArray(value) ? inner : inner + 1;
}

export function mustRefuse(world: World, { type, args }: Pick<ListQuery, 'type' | 'args'>): boolean {
  const { where = {}, orderBy = [], first, last, after, before, offset } = args;
  const entity = entityOf(world, type);
  const isGiven = (value: unknown) => value !== undefined;
  return (
    orderBy.some((entry) => leavesShard(world, entity, entry, () => true)) ||
    new Set(orderBy.map(orderedValue)).size < orderBy.length ||
    leavesShard(world, entity, where, (name) => name.endsWith('Aggregate')) ||
    (isGiven(first) && isGiven(last)) ||
    (isGiven(offset) && [after, before, last].some(isGiven)) ||
    [first, last].some((rows) => rows !== undefined && (rows < 0 || rows > (entity.maxPage ?? MAX_PAGE)))
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
