/** What a client may ask for: the request, and the rows once it is done. */
import { below, pick, type Random } from '../../support/random.ts';
import { defaultTitle } from './releases.ts';
import type { Note, Rows } from './rows.ts';

export const KINDS = ['single', 'bulk', 'keyed', 'transaction', 'import', 'restore'] as const;
export type Kind = (typeof KINDS)[number];

export type ChangeRequest =
  | { readonly document: string; readonly variables: Readonly<Record<string, unknown>> }
  /** Lines of a file. */
  | { readonly imported: readonly object[] }
  /** In milliseconds since 1970. */
  | { readonly restoredTo: number };

export interface Change {
  readonly kind: Kind;
  readonly request: ChangeRequest;
  readonly after: Rows;
}

/** A moment at which the tenant's rows were these. */
export interface Moment {
  readonly timeMs: number;
  readonly release: number;
  readonly rows: Rows;
}

const WORDS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heath', 'inlet', 'jetty'];
export const anyWord = (random: Random): string => pick(random, WORDS);

/** Rows of a bulk write; ids come back, so that some are there already. */
const BULK = 40;
const IDS = 90;
/** So that they fit a page, as notes do. */
const MOST_MARKS = 90;

const SINGLE = {
  create: 'mutation ($data: NoteCreateInput!) { createNote(data: $data) { id } }',
  update: `mutation ($tenant: ID!, $id: ID!, $data: NoteUpdateInput!) {
    updateNote(by: { id: $id }, shardKey: $tenant, data: $data) { id }
  }`,
};
const BULK_UPSERT =
  'mutation ($data: [NoteCreateInput!]!) { createNotes(data: $data, onConflict: UPDATE) { affectedCount } }';
const COUNT_ALL = `mutation ($tenant: ID!) {
  updateNotes(where: { count: { gte: 0 } }, shardKey: $tenant, atomic: { count: { increment: 1 } }, atMost: 1000) { affectedCount }
}`;
const DELETE = `mutation ($tenant: ID!, $ids: [ID!]!) {
  deleteNotes(where: { id: { in: $ids } }, shardKey: $tenant, atMost: 1000) { affectedCount }
}`;
const KEYED = `mutation ($tenant: ID!, $id: ID!, $key: String!) {
  updateNote(by: { id: $id }, shardKey: $tenant, atomic: { count: { increment: 1 } }) @idempotent(key: $key) { id }
}`;
const TRANSACTION =
  'mutation ($operations: [OperationInput!]!) { transaction(operations: $operations) { results { affectedCount } } }';

export interface Scope {
  readonly tenant: string;
  readonly random: Random;
  readonly release: number;
  readonly rows: Rows;
  /** Those that can be gone back to. */
  readonly moments: readonly Moment[];
}

export function anyChange(scope: Scope): Change {
  const { random, rows, moments } = scope;
  if (rows.notes.size === 0) return bulk(scope);
  const at = random();
  if (at < 0.2) return single(scope);
  if (at < 0.4) return bulk(scope);
  if (at < 0.55) return keyed(scope);
  if (at < 0.75) return transaction(scope);
  if (at < 0.9 || moments.length === 0) return imported(scope);
  const moment = pick(random, moments);
  return { kind: 'restore', request: { restoredTo: moment.timeMs }, after: moment.rows };
}

function single(scope: Scope): Change {
  const { tenant, random, release, rows } = scope;
  const fresh = Array.from({ length: IDS }, (_, at) => `n${at}`).find((id) => !rows.notes.has(id));
  if (fresh !== undefined && random() < 0.4) {
    const body = anyBody(random);
    return {
      kind: 'single',
      request: { document: SINGLE.create, variables: { data: { tenant, id: fresh, body } } },
      after: rows.withNotes([[fresh, { title: defaultTitle(release), body, count: 0 }]]),
    };
  }
  const id = anyId(scope);
  const data = { title: anyWord(random), body: anyBody(random) };
  return {
    kind: 'single',
    request: { document: SINGLE.update, variables: { tenant, id, data } },
    after: rows.withNotes([[id, { ...rows.notes.get(id)!, ...data }]]),
  };
}

function bulk(scope: Scope): Change {
  const { tenant, random, rows } = scope;
  const at = rows.notes.size === 0 ? 0 : random();
  if (at < 0.5) {
    const notes = anyNotes(random);
    const data = [...notes].map(([id, note]) => ({ tenant, id, ...note }));
    return {
      kind: 'bulk',
      request: { document: BULK_UPSERT, variables: { data } },
      after: rows.withNotes(notes),
    };
  }
  if (at < 0.75) {
    return {
      kind: 'bulk',
      request: { document: COUNT_ALL, variables: { tenant } },
      after: rows.counted(rows.notes.keys()),
    };
  }
  const ids = [...rows.notes.keys()].filter(() => random() < 0.3);
  return {
    kind: 'bulk',
    request: { document: DELETE, variables: { tenant, ids } },
    after: rows.withoutNotes(ids),
  };
}

function keyed(scope: Scope): Change {
  const id = anyId(scope);
  const variables = { tenant: scope.tenant, id, key: crypto.randomUUID() };
  return { kind: 'keyed', request: { document: KEYED, variables }, after: scope.rows.counted([id]) };
}

/** A mark comes or goes, a note is counted, and another one goes: all or nothing. */
function transaction(scope: Scope): Change {
  const { tenant, random, rows } = scope;
  const shardKey = tenant;
  const [marked, counted, gone] = [anyId(scope), anyId(scope), anyId(scope)];
  const isFull = rows.marks.size >= MOST_MARKS;
  const mark = isFull ? pick(random, [...rows.marks.keys()]) : `m-${crypto.randomUUID()}`;
  const isDeleted = gone !== marked && gone !== counted;
  const operations = [
    isFull
      ? { deleteMark: { by: { id: mark }, shardKey } }
      : { createMark: { data: { tenant, id: mark, note: marked } } },
    { updateNote: { by: { id: counted }, shardKey, atomic: { count: { increment: 1 } } } },
    ...(isDeleted ? [{ deleteNote: { by: { id: gone }, shardKey } }] : []),
  ];
  const made = (isFull ? rows.withoutMark(mark) : rows.withMark(mark, marked)).counted([counted]);
  return {
    kind: 'transaction',
    request: { document: TRANSACTION, variables: { operations } },
    after: isDeleted ? made.withoutNotes([gone]) : made,
  };
}

function imported({ tenant, random, rows }: Scope): Change {
  const notes = anyNotes(random);
  return {
    kind: 'import',
    request: { imported: [...notes].map(([id, note]) => ({ tenant, id, ...note })) },
    after: rows.withNotes(notes),
  };
}

const anyId = ({ random, rows }: Scope): string => pick(random, [...rows.notes.keys()]);

const anyNotes = (random: Random): Map<string, Note> =>
  new Map(
    Array.from({ length: BULK }, () => [
      `n${below(random, IDS)}`,
      { title: anyWord(random), body: anyBody(random), count: below(random, 1_000) },
    ]),
  );

const anyBody = (random: Random): string =>
  Array.from({ length: 1 + below(random, 40) }, () => anyWord(random)).join(' ');
