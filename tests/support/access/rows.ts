/** Random rows of `tests/models/access`: few values, so that rules and filters meet often; ids are the same in each space. */
import type { Row, World } from '../queries/world.ts';
import { below, pick, type Random } from '../random.ts';
import { ENTITIES } from './entities.ts';
import type { Viewer } from './roles.ts';

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

export const SPACES = ids('s', 4);
export const PEOPLE = ids('p', 6);
const DOCS = ids('d', 9);
const NOTES = ids('n', 14);
const TAGS = ids('t', 4);
const MOMENTS = ['2026-01-02T03:04:05.000Z', '2026-02-28T23:59:59.000Z', '2026-03-29T00:59:59.999Z'];
const STATES = ['DRAFT', 'IN_REVIEW', 'PUBLISHED', 'PUBLISHED'];
const AMOUNTS = ['0.15', '-1', '12.5', '100'];
const SIZES = ['1', '4096', '9223372036854775807'];
const TEXTS = ['plan of the year', 'Plan', 'secret garden', 'garden party', ''];

/** Rows that are all there, by type; deleted ones among them. */
export type AllRows = Readonly<Record<string, readonly Row[]>>;

export const maybe = <T>(random: Random, values: readonly T[], part = 0.25): T | null =>
  random() < part ? null : pick(random, values);

/** A value for a column, whatever row it is of. */
export const VALUES: Readonly<Record<string, Readonly<Record<string, (random: Random) => Row[string]>>>> = {
  Space: {
    name: (random) => pick(random, ['North', 'South']),
    plan: (random) => pick(random, ['FREE', 'PRO']),
    budget: (random) => below(random, 5) * 10,
  },
  Person: {
    name: (random) => pick(random, ['Ada', 'ada', 'Bob']),
    email: (random) => maybe(random, ['ada@example.com', 'bob@example.com', 'c@example.com']),
    rank: (random) => maybe(random, [1, 2, 3]),
    leftAt: (random) => maybe(random, MOMENTS, 0.8),
  },
  Membership: { level: (random) => pick(random, ['GUEST', 'FULL']) },
  Doc: {
    ownerId: (random) => pick(random, PEOPLE),
    state: (random) => pick(random, STATES),
    title: (random) => pick(random, TEXTS),
    body: (random) => maybe(random, TEXTS),
    secret: (random) => maybe(random, ['code 1', 'code 2', 'garden']),
    amount: (random) => maybe(random, AMOUNTS),
    size: (random) => maybe(random, SIZES),
    score: (random) => maybe(random, [0.5, 1, 2.25]),
    bytes: (random) => maybe(random, ['AAA=', '/w==']),
    meta: (random) => maybe(random, [{ level: below(random, 4), tags: ['a'] }, { level: 'high' }, { kind: 'x' }], 0.15),
    isOpen: (random) => random() < 0.7,
    createdAt: (random) => pick(random, MOMENTS),
    deletedAt: (random) => maybe(random, MOMENTS, 0.8),
  },
  Note: {
    authorId: (random) => pick(random, PEOPLE),
    text: (random) => pick(random, TEXTS),
    internal: (random) => random() < 0.3,
    stars: (random) => maybe(random, [1, 2, 5]),
  },
  Tag: { hidden: (random) => random() < 0.3 },
  DocTag: { weight: (random) => below(random, 4) },
  Share: {},
  Event: { what: (random) => pick(random, ['made', 'seen']) },
};

/** A row of a type, with these values of keys. */
export function randomRow(random: Random, type: string, keys: Row): Row {
  const values = Object.entries(VALUES[type]!).map(([name, value]) => [name, value(random)]);
  return { ...Object.fromEntries(values), ...keys };
}

export function accessRows(random: Random): AllRows {
  const all: Record<string, Row[]> = Object.fromEntries(ENTITIES.map(({ type }) => [type, []]));
  const add = (type: string, keys: Row) => all[type]!.push(randomRow(random, type, keys));
  const sometimes = (part: number, work: () => void): void => {
    if (random() < part) work();
  };
  for (const id of PEOPLE) add('Person', { id });
  for (const [number, spaceId] of SPACES.entries()) {
    // Rules about the plan are never true, nor false, for all.
    add('Space', { id: spaceId, plan: number % 2 === 0 ? 'PRO' : 'FREE' });
    for (const personId of PEOPLE) sometimes(0.5, () => add('Membership', { spaceId, personId }));
    for (const [at, id] of DOCS.entries()) {
      const parentId = at === 0 ? null : maybe(random, DOCS.slice(0, at), 0.6);
      add('Doc', {
        spaceId,
        id,
        parentId,
        slug: maybe(random, [`slug-${id}`]),
        serial: maybe(random, [at]),
      });
      for (const personId of PEOPLE) sometimes(0.25, () => add('Share', { spaceId, docId: id, personId }));
    }
    for (const id of NOTES) add('Note', { spaceId, id, docId: pick(random, DOCS) });
    for (const id of TAGS) add('Tag', { spaceId, id, label: `label ${id}` });
    for (const docId of DOCS) {
      for (const tagId of TAGS) sometimes(0.3, () => add('DocTag', { spaceId, docId, tagId }));
    }
    for (const at of MOMENTS) add('Event', { spaceId, at, docId: maybe(random, DOCS) });
  }
  return all;
}

const isDeleted = ({ deletedAt = null, leftAt = null }: Row): boolean => deletedAt !== null || leftAt !== null;

export function accessWorld(all: AllRows): World {
  const split = (wanted: boolean) =>
    Object.fromEntries(
      Object.entries(all).map(([type, rows]) => [type, rows.filter((row) => isDeleted(row) === wanted)]),
    );
  return { name: 'access', entities: ENTITIES, rows: split(false), deleted: split(true) };
}

/** Callers of every role, with claims that fit, and some that are missing or no value of their column. */
export function randomViewer(random: Random): Viewer {
  const some = <T>(values: readonly T[]): T[] => values.filter(() => random() < 0.5);
  const complete = {
    anonymous: {},
    member: { shardKey: pick(random, SPACES), personId: pick(random, PEOPLE) },
    owner: { shardKey: pick(random, SPACES), personId: pick(random, PEOPLE) },
    editor: {
      spaces: random() < 0.3 ? [pick(random, SPACES)] : some(SPACES),
      initial: pick(random, ['A', 'a', '']),
      budget: pick(random, AMOUNTS),
    },
    reviewer: { personId: pick(random, PEOPLE), rank: 1 + below(random, 3) },
    analyst: {
      states: some(['DRAFT', 'IN_REVIEW', 'PUBLISHED']),
      maxSize: pick(random, SIZES),
      minAmount: pick(random, AMOUNTS),
      since: pick(random, MOMENTS),
      open: random() < 0.7,
    },
    auditor: {},
    admin: {},
  };
  const [role, claims] = pick(random, Object.entries(complete));
  const kept = Object.entries(claims).filter(() => random() > 0.04);
  const wrongFor = (value: unknown) => [
    null,
    {},
    [[]],
    ...(Array.isArray(value)
      ? [
          [...value, {}],
          [...value, 'NONE'],
        ]
      : []),
  ];
  const wrong = kept.map(([name, value]) => [name, random() < 0.03 ? pick<unknown>(random, wrongFor(value)) : value]);
  return { role, claims: Object.fromEntries(wrong) };
}

/** As `x-shardql-as` has it. */
export const asHeader = ({ role, claims }: Viewer): Readonly<Record<string, string>> => ({
  'x-shardql-as': `${role} ${JSON.stringify(claims)}`,
});
