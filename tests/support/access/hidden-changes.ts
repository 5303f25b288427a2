/** Changes of rows that some caller does not see: what the caller may see is the same before and after. */
import { entityOf, type Row } from '../queries/world.ts';
import { below, pick, type Random } from '../random.ts';
import { ENTITIES } from './entities.ts';
import type { Viewer } from './roles.ts';
import { type AllRows, accessWorld, PEOPLE, randomRow, SPACES, VALUES } from './rows.ts';
import { seenWorld } from './seen-world.ts';

/** One change of one row. */
export type Change =
  | { readonly kind: 'create'; readonly type: string; readonly row: Row }
  | { readonly kind: 'delete'; readonly type: string; readonly row: Row }
  | { readonly kind: 'update'; readonly type: string; readonly row: Row; readonly data: Row };

const TRIES = 40;

/** A change that the viewer does not see; null: none was found. `byMutation`: one that a mutation makes. */
export function hiddenChange(rows: AllRows, viewer: Viewer, random: Random, byMutation: boolean): Change | null {
  const seen = whatIsSeen(rows, viewer);
  for (let tries = 0; tries < TRIES; tries++) {
    const change = randomChange(rows, random, byMutation);
    if (change === null || (byMutation && concernsDeletion(change))) continue;
    const changed = withChange(rows, change);
    if (isSound(changed) && whatIsSeen(changed, viewer) === seen) return change;
  }
  return null;
}

/** Moments of deletion are no business of mutations of columns, and rows that are kept are not updated. */
function concernsDeletion(change: Change): boolean {
  const { kind, row } = change;
  const moments = Object.entries({ ...row, ...(change.kind === 'update' && change.data) }).filter(([name]) =>
    MOMENTS.includes(name),
  );
  return moments.length > 0 && (kind === 'delete' || moments.some(([, moment]) => moment !== null));
}

/** All that the viewer sees, as text. */
export function whatIsSeen(rows: AllRows, viewer: Viewer): string {
  const seen = seenWorld(accessWorld(rows), viewer);
  const sorted = (of: typeof seen.rows) =>
    Object.entries(of).map(([type, list]) => [type, list.map((row) => JSON.stringify(row)).sort()]);
  return JSON.stringify([sorted(seen.rows), sorted(seen.deleted!)]);
}

export function withChange(rows: AllRows, change: Change): AllRows {
  const { type, row } = change;
  const list = rows[type]!;
  if (change.kind === 'create') return { ...rows, [type]: [...list, row] };
  if (change.kind === 'delete') return { ...rows, [type]: list.filter((one) => one !== row) };
  return { ...rows, [type]: list.map((one) => (one === row ? { ...row, ...change.data } : one)) };
}

function randomChange(rows: AllRows, random: Random, byMutation: boolean): Change | null {
  const { type, primaryKey } = pick(random, ENTITIES);
  const list = rows[type]!;
  const kind = pick(random, ['create', 'delete', 'update', 'update'] as const);
  if (kind === 'create') return { kind, type, row: newRow(rows, type, random) };
  if (list.length === 0) return null;
  const row = pick(random, list);
  if (kind === 'delete') return { kind, type, row };
  const names = Object.keys(VALUES[type]!).filter(
    (name) => !primaryKey.includes(name) && !(byMutation && MOMENTS.includes(name)),
  );
  if (names.length === 0) return null;
  const changed = names.filter(() => random() < 0.3);
  const data = (changed.length > 0 ? changed : [pick(random, names)]).map((name) => [
    name,
    VALUES[type]![name]!(random),
  ]);
  return { kind, type, row, data: Object.fromEntries(data) };
}

function newRow(rows: AllRows, type: string, random: Random): Row {
  const spaceId = pick(random, SPACES);
  const id = `x${below(random, 1_000)}`;
  const idOf = (table: string) => pick(random, rows[table]!).id!;
  switch (type) {
    case 'Space':
      return randomRow(random, type, { id });
    case 'Person':
      return randomRow(random, type, { id });
    case 'Doc':
      return randomRow(random, type, { spaceId, id, parentId: null, slug: null, serial: null });
    case 'Note':
      return randomRow(random, type, { spaceId, id, docId: idOf('Doc') });
    case 'Tag':
      return randomRow(random, type, { spaceId, id, label: id });
    case 'Membership':
      return randomRow(random, type, { spaceId, personId: pick(random, [...PEOPLE, id]) });
    case 'DocTag':
      return randomRow(random, type, { spaceId, docId: idOf('Doc'), tagId: idOf('Tag') });
    case 'Share':
      return randomRow(random, type, { spaceId, docId: idOf('Doc'), personId: pick(random, [...PEOPLE, id]) });
    default: {
      const at = new Date(Date.UTC(2027, 0, 1, 0, 0, below(random, 10_000))).toISOString();
      return randomRow(random, type, { spaceId, at, docId: null });
    }
  }
}

const FOREIGN_KEYS: readonly (readonly [
  from: string,
  columns: readonly string[],
  to: string,
  keys: readonly string[],
])[] = [
  ...['Membership', 'Doc', 'Note', 'Tag', 'DocTag', 'Share', 'Event'].map(
    (type) => [type, ['spaceId'], 'Space', ['id']] as const,
  ),
  ['Doc', ['spaceId', 'parentId'], 'Doc', ['spaceId', 'id']],
  ...['Note', 'DocTag', 'Event', 'Share'].map(
    (type) => [type, ['spaceId', 'docId'], 'Doc', ['spaceId', 'id']] as const,
  ),
  ['DocTag', ['spaceId', 'tagId'], 'Tag', ['spaceId', 'id']],
];

/** Primary keys are unique, and foreign keys lead somewhere. */
function isSound(rows: AllRows): boolean {
  const keyOf = (row: Row, names: readonly string[]) => JSON.stringify(names.map((name) => row[name]));
  const keys = new Map<string, ReadonlySet<string>>();
  for (const { type } of ENTITIES) {
    const { primaryKey } = entityOf(accessWorld(rows), type);
    const own = rows[type]!.map((row) => keyOf(row, primaryKey));
    keys.set(type, new Set(own));
    if (keys.get(type)!.size < own.length) return false;
  }
  return FOREIGN_KEYS.every(([from, columns, to, names]) =>
    rows[from]!.every(
      (row) =>
        columns.some((name) => row[name] === null) || (names.length > 0 && keys.get(to)!.has(keyOf(row, columns))),
    ),
  );
}

/** The change as an operator's mutation. */
export function mutationOf(change: Change): {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
} {
  const { type, row } = change;
  const { primaryKey, list: name } = ENTITIES.find((one) => one.type === type)!;
  const list = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  if (change.kind === 'create') {
    return {
      query: `mutation ($data: ${type}CreateInput!) { create${type}(data: $data) { __typename } }`,
      variables: { data: without(row, MOMENTS) },
    };
  }
  const where = Object.fromEntries(primaryKey.map((name) => [name, { eq: row[name] }]));
  if (change.kind === 'delete') {
    const query = `mutation ($where: ${type}Where!) { delete${list}(where: $where, atMost: 1) { __typename } }`;
    return { query, variables: { where } };
  }
  return {
    query: `mutation ($where: ${type}Where!, $data: ${type}UpdateInput!) { update${list}(where: $where, data: $data, atMost: 1) { __typename } }`,
    variables: { where, data: without(change.data, MOMENTS) },
  };
}

const MOMENTS = ['deletedAt', 'leftAt'];

const without = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
