/**
 * Every place of a role's schema, and what has to be there: a type or a field that no cell of this table stands for is `unknown`, so
 * whatever the schema gains has to be decided here.
 */
import { type GraphQLNamedType, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { type Entity, entityOf, type Relation, screaming, type World } from '../queries/world.ts';
import { ENTITIES } from './entities.ts';
import { WRITES, writtenColumns } from './write-rights.ts';

/** What decides about a field; null: nobody has thought of it. */
type Cell = 'allowed' | 'denied' | null;

interface Place {
  readonly role: string;
  readonly seen: World;
  /** As the role sees it; undefined: it does not. */
  readonly entity: Entity | undefined;
  readonly type: string;
}

type Decide = (place: Place, name: string) => Cell;

const decide = (isAllowed: boolean): Cell => (isAllowed ? 'allowed' : 'denied');
const wholeEntity = (type: string): Entity => ENTITIES.find((one) => one.type === type)!;

const words =
  (text: string, isAllowed: (place: Place) => boolean = () => true): Decide =>
  (place, name) =>
    text.split(' ').includes(name) ? decide(isAllowed(place)) : null;

const upper = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const isComparable = (kind: string): boolean => kind !== 'json';

const counted =
  (cells: Decide): Decide =>
  (place, name) => {
    const cell = cells(place, name);
    return cell === 'allowed' ? decide(isCounted(place)) : cell;
  };

/** Columns that are read. */
const columns =
  (fits: (kind: string) => boolean = () => true, nameOf: (name: string) => string = (name) => name): Decide =>
  ({ type, entity }, name) => {
    const column = wholeEntity(type).columns.find((one) => nameOf(one.name) === name && fits(one.kind));
    return column ? decide(entity?.columns.some((one) => one.name === column.name) ?? false) : null;
  };

const readNames = ({ entity }: Place): readonly string[] => entity?.columns.map(({ name }) => name) ?? [];

const written =
  (...verbs: readonly ('create' | 'update')[]): Decide =>
  (place, name) => {
    const { type, role } = place;
    const { columns: all, primaryKey } = wholeEntity(type);
    if (!all.some((one) => one.name === name)) return null;
    const names = verbs.flatMap((verb) => writtenColumns(role, type, verb, readNames(place)));
    // Inputs of updates name the key to say that it cannot change.
    return decide(names.includes(name) || (verbs.includes('update') && primaryKey.includes(name)));
  };

const relations =
  (nameOf: (relation: Relation) => string | null = ({ name }) => name): Decide =>
  ({ type, entity }, name) => {
    const found = wholeEntity(type).relations.find((relation) => nameOf(relation) === name);
    return found ? decide(entity?.relations.some((one) => one.name === found.name) ?? false) : null;
  };

/** Relations whose rows may be written with the row: by columns that the role may give, or by rows of a join table that it may write. */
const linked =
  (verb: 'create' | 'update'): Decide =>
  (place, name) => {
    const cell = relations()(place, name);
    const relation = place.entity?.relations.find((one) => one.name === name);
    return cell === 'allowed' && relation ? decide(mayLink(place, relation, verb)) : cell;
  };

function mayLink(
  { role, type, seen }: Place,
  { kind, on, through, target, colocated }: Relation,
  verb: 'create' | 'update',
): boolean {
  if (!colocated) return false;
  const writes = (of: string) => WRITES[role]?.[of];
  const gives = (of: string, by: 'create' | 'update', names: readonly string[]): boolean => {
    const read = entityOf(seen, of).columns.map((column) => column.name);
    const given = writtenColumns(role, of, by, read);
    return writes(of)?.[by] !== undefined && names.every((one) => given.includes(one));
  };
  const removes = (of: string): boolean => verb === 'update' && writes(of)?.delete === true;
  if (through !== null) return writes(through.type)?.create !== undefined || removes(through.type);
  // The space is that of the request.
  const names = on.map(([from, to]) => (kind === 'one' ? from : to));
  const linking = names.filter((one) => one !== 'spaceId');
  if (kind === 'one') return gives(type, verb, linking);
  return gives(target, 'create', linking) || gives(target, 'update', linking) || removes(target);
}

const aggregates: Decide = (place, name) => {
  const cell = relations(({ name: of, kind }) => (kind === 'many' ? `${of}Aggregate` : null))(place, name);
  if (cell !== 'allowed') return cell;
  const { target } = place.entity!.relations.find((one) => `${one.name}Aggregate` === name)!;
  return decide(entityOf(place.seen, target).counted !== false);
};

const isCounted = ({ entity }: Place): boolean => entity !== undefined && entity.counted !== false;
const isSeen = ({ entity }: Place): boolean => entity !== undefined;
const may =
  (...verbs: readonly ('create' | 'update' | 'delete')[]) =>
  ({ role, type }: Place): boolean =>
    verbs.every((verb) => WRITES[role]?.[type]?.[verb] !== undefined);
const mayAny = (place: Place): boolean => WRITES[place.role]?.[place.type] !== undefined;

/** Unique keys, by the names of `by`. */
const KEYS: Readonly<Record<string, readonly string[]>> = { slug: ['slug'], serial: ['serial'], label: ['label'] };
const keys =
  (nameOf: (name: string) => string = (name) => name): Decide =>
  (place, name) => {
    const key = Object.keys(KEYS).find((one) => nameOf(one) === name);
    if (key !== undefined) return decide(KEYS[key]!.every((column) => readNames(place).includes(column)));
    const joined = keyName(wholeEntity(place.type));
    return name === nameOf(joined) || name === 'PRIMARY' ? decide(isSeen(place)) : null;
  };

/** The primary key but for the shard key, as `by` has it. */
function keyName({ primaryKey, shardKey }: Entity): string {
  const others = primaryKey.filter((one) => one !== shardKey);
  const [first, ...more] = others.length === 0 ? primaryKey : others;
  return [first, ...more.map(upper)].join('And');
}

const MEASURES = 'count countDistinct sum avg min max';

/** By name; X is a type, Xs the plural. What stands here first wins. */
const SURFACES: readonly (readonly [name: string, ...cells: Decide[]])[] = [
  ['X', columns(), relations(), words('nodeId version', isSeen)],
  ['XConnection', words('nodes edges pageInfo', isSeen), words('totalCount aggregate groupBy', isCounted)],
  // Ranks tell of all rows of a shard: of a type that some rows are hidden of there are none.
  ['XEdge', words('cursor node', isSeen), words('highlights', isSeen), words('rank', ({ role }) => role === 'admin')],
  ['XWhere', columns(), relations(), aggregates, words('AND OR NOT', isSeen)],
  ['XListWhere', words('some every none', isSeen)],
  ['XAggregateWhere', words(`where ${MEASURES}`, isCounted)],
  ['XOrderBy', columns(isComparable), relations(({ name, kind }) => (kind === 'one' ? name : null)), aggregates],
  ...['XAggregateOrderBy', 'XAggregate'].map((name) => [name, words(MEASURES, isCounted)] as const),
  ...['XHaving', 'XGroupOrderBy', 'XGroup'].map(
    (name) => [name, words(`${MEASURES} keys AND OR NOT`, isCounted)] as const,
  ),
  ['XGroupBy', words('field trunc timeZone', isCounted)],
  ...['XColumnFilters', 'XCountFilters', 'XColumnOrder', 'XColumnValues', 'XColumnCounts'].map(
    (name) => [name, counted(columns(isComparable))] as const,
  ),
  ...['XNumberFilters', 'XNumberOrder', 'XColumnNumbers'].map(
    (name) => [name, counted(columns(isComparable))] as const,
  ),
  ['XColumn', counted(columns(isComparable, screaming))],
  ['XKey', keys()],
  ['XUniqueKey', keys(screaming)],
  ['XCreateInput', written('create'), linked('create'), words('expectedVersion')],
  ['XPartialCreateInput', written('create'), linked('create')],
  ['XUpsertInput', written('create', 'update'), linked('create'), words('expectedVersion')],
  ['XUpdateInput', written('update'), linked('update')],
  ['XAtomicInput', written('update')],
  ['XRefs', written('create', 'update')],
  ['XConnectOrCreateInput', words('by create', may('create'))],
  ['XToOneCreateInput', words('connect', isSeen), words('create connectOrCreate', may('create'))],
  ['XToManyCreateInput', words('connect', isSeen), words('create connectOrCreate', may('create'))],
  ...['XToOneUpdateInput', 'XToManyUpdateInput'].map(
    (name) =>
      [
        name,
        words('connect disconnect set', isSeen),
        words('create connectOrCreate', may('create')),
        words('update', may('update')),
        words('upsert', may('create', 'update')),
        words('delete', may('delete')),
      ] as const,
  ),
  ['XUpdateRelatedInput', words('data atomic expectedVersion', may('update'))],
  ['XUpdateOneInput', words('by expectedVersion', isSeen), words('data atomic', may('update'))],
  ['XUpsertRelatedInput', words('create update atomic expectedVersion', may('create', 'update'))],
  ['XUpsertOneInput', words('by create update atomic expectedVersion', may('create', 'update'))],
  ['XDeleteOneInput', words('by expectedVersion', may('delete'))],
  ...['CreateX', 'CreateXs'].map(
    (name) => [`${name}Operation`, words('data as refs onConflict conflictKey', may('create'))] as const,
  ),
  ...['UpdateX', 'UpdateXs'].map(
    (name) =>
      [
        `${name}Operation`,
        words('by where data atomic atMost expectedVersion shardKey as refs', may('update')),
      ] as const,
  ),
  ...['UpsertX', 'UpsertXs'].map(
    (name) =>
      [
        `${name}Operation`,
        words('by data create update atomic expectedVersion shardKey conflictKey as refs', may('create', 'update')),
      ] as const,
  ),
  ...['DeleteX', 'DeleteXs', 'RestoreX', 'PurgeX'].map(
    (name) => [`${name}Operation`, words('by where atMost expectedVersion shardKey as', may('delete'))] as const,
  ),
  ['XBulkPayload', words('affectedCount nodes results shards', mayAny)],
];

/** Enums of columns, and filters on them. */
const ENUMS: Readonly<Record<string, readonly [type: string, column: string]>> = {
  SpacePlan: ['Space', 'plan'],
  MembershipLevel: ['Membership', 'level'],
  DocState: ['Doc', 'state'],
};

/** Types that tell of no table. */
const SHARED =
  /^(__\w+|ID|Int|Float|String|Boolean|DateTime|Bytes|BigInt|Decimal|Version|JSON|Node|PageInfo|SortOrder|DateTrunc|ConsistencyMode|OnConflict|BulkOutcome|BulkResult|ShardResult|TransactionPayload|TransactionResult|RowRef|SearchHighlight|JSONAtPath|(Int|Float|Decimal|ID|String|DateTime|BigInt|Bytes|JSON|Boolean)Filter|(Text|Int|ID|Decimal|BigInt|Float|Bytes|JSON)Atomic)$/;

/** Names of a type's mutations, and the verbs that they need. */
const mutations = ({ type, list }: Entity) =>
  (
    [
      [`create${type}`, 'create'],
      [`create${upper(list)}`, 'create'],
      [`update${type}`, 'update'],
      [`update${upper(list)}`, 'update'],
      [`upsert${type}`, 'create', 'update'],
      [`upsert${upper(list)}`, 'create', 'update'],
      [`delete${type}`, 'delete'],
      [`delete${upper(list)}`, 'delete'],
      [`restore${type}`, 'delete'],
      [`purge${type}`, 'delete'],
    ] as const
  ).map(([name, ...verbs]) => ({ name, verbs, type }));

const MUTATIONS = ENTITIES.flatMap(mutations);
const QUERIES = ENTITIES.flatMap(({ type, list }) =>
  [list, type.charAt(0).toLowerCase() + type.slice(1)].map((name) => ({ name, type })),
);

export interface Judged {
  /** `Type.field`. */
  readonly field: string;
  readonly cell: Cell;
}

/** What there is in a schema. */
export function judge(schema: GraphQLSchema, role: string, seen: World): Judged[] {
  const placeOf = (type: string): Place => ({
    role,
    seen,
    type,
    entity: seen.entities.find((one) => one.type === type),
  });
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (SHARED.test(type.name)) return [];
    const cellOf = cellsOf(type.name, placeOf);
    return namesOf(type).map((name) => ({ field: `${type.name}.${name}`, cell: cellOf?.(name) ?? null }));
  });
}

function cellsOf(typeName: string, placeOf: (type: string) => Place): ((name: string) => Cell) | null {
  if (typeName === 'Query') {
    return (name) => {
      if (name === 'node' || name === 'nodes') return 'allowed';
      const found = QUERIES.find((one) => one.name === name);
      return found ? decide(isSeen(placeOf(found.type))) : null;
    };
  }
  if (typeName === 'Mutation' || typeName === 'OperationInput') {
    return (name) => {
      if (name === 'transaction') return 'allowed';
      const found = MUTATIONS.find((one) => one.name === name);
      return found ? decide(may(...found.verbs)(placeOf(found.type))) : null;
    };
  }
  const ofEnum = ENUMS[typeName.replace(/Filter$/, '')];
  if (ofEnum) {
    const [type, column] = ofEnum;
    const place = placeOf(type);
    const names = [...readNames(place), ...writtenColumns(place.role, type, 'create', readNames(place))];
    return () => decide(names.includes(column));
  }
  for (const entity of ENTITIES) {
    const { type, list } = entity;
    if (typeName === `${type}${upper(keyName(entity))}Key`) return (name) => columns()(placeOf(type), name);
    const found = SURFACES.find(([name]) => name.replace('Xs', upper(list)).replace('X', type) === typeName);
    if (found) return (name) => found.slice(1).map((cell) => (cell as Decide)(placeOf(type), name)).find((cell) => cell !== null) ?? null; // biome-ignore format: one line
  }
  return null;
}

function namesOf(type: GraphQLNamedType): string[] {
  if (isObjectType(type) || isInputObjectType(type)) return Object.keys(type.getFields());
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [''];
}

/** Arguments of fields: each is known, and of which type its input is. */
export const ARGUMENTS = new Set(
  `where search orderBy first after last before offset includeDeleted shardKey by nodeId nodeIds path having
  data onConflict conflictKey dryRun atomic atMost expectedVersion create update operations idempotencyKey`.split(
    /\s+/,
  ),
);
