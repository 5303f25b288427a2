/**
 * What each role of `tests/models/access` may see, written a second time: the where of rules in the form of the tests' oracle, and the
 * columns that are left.
 */
import type { Input } from '../queries/query.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Whom a request is from. */
export interface Viewer {
  readonly role: string;
  readonly claims: Claims;
}

interface TableView {
  /** The rows that are seen, for claims; null: all. Reading a claim that is missing makes it none. */
  readonly rows: (claims: Claims) => Input | null;
  /** Columns that are not seen. */
  readonly hidden?: string;
  /** Those that are, beside the primary key; in the place of `hidden`. */
  readonly columns?: string;
  readonly counted?: false;
  readonly maxPage?: number;
}

type RoleView = Readonly<Record<string, TableView>>;

const all: TableView = { rows: () => null };
const eq = (column: string, value: unknown): Input => ({ [column]: { eq: value } });
const ofSpace = (claims: Claims): Input => eq('spaceId', claims.shardKey);
const inSpaces = ({ spaces }: Claims): Input => ({ spaceId: { in: spaces } });

export const ROLES: Readonly<Record<string, RoleView>> = {
  anonymous: {
    Space: { rows: () => eq('plan', 'PRO'), columns: 'name' },
    Doc: {
      rows: () => ({ ...eq('state', 'PUBLISHED'), space: eq('plan', 'PRO') }),
      columns: 'title state score createdAt',
      counted: false,
      maxPage: 5,
    },
    Note: { rows: () => ({ ...eq('internal', false), doc: eq('state', 'PUBLISHED') }), columns: 'text docId' },
    Tag: { rows: () => eq('hidden', false), hidden: 'hidden' },
    DocTag: all,
  },
  member: {
    Space: { rows: ({ shardKey }) => eq('id', shardKey), hidden: 'budget' },
    Person: { rows: () => null, columns: 'name', counted: false },
    Membership: { rows: ofSpace },
    Doc: {
      rows: (claims) => ({
        ...ofSpace(claims),
        OR: [
          eq('ownerId', claims.personId),
          eq('state', 'PUBLISHED'),
          { notes: { some: { ...eq('authorId', claims.personId), ...eq('internal', false) } } },
          { shares: { some: eq('personId', claims.personId) } },
        ],
      }),
      hidden: 'secret serial deletedAt',
    },
    Note: {
      rows: (claims) => ({ ...ofSpace(claims), OR: [eq('internal', false), eq('authorId', claims.personId)] }),
    },
    Tag: { rows: (claims) => ({ ...ofSpace(claims), ...eq('hidden', false) }) },
    DocTag: { rows: (claims) => ({ ...ofSpace(claims), weight: { gt: 0 } }) },
    Share: { rows: (claims) => ({ ...ofSpace(claims), ...eq('personId', claims.personId) }) },
  },
  owner: {
    Space: { rows: ({ shardKey }) => eq('id', shardKey) },
    Person: { rows: ({ personId }) => eq('id', personId) },
    Membership: { rows: (claims) => ({ ...ofSpace(claims), ...eq('personId', claims.personId) }) },
    Doc: { rows: (claims) => ({ ...ofSpace(claims), ...eq('ownerId', claims.personId) }), hidden: 'meta' },
    Note: { rows: ofSpace },
    Tag: { rows: ofSpace },
    DocTag: { rows: ofSpace },
    Share: { rows: ofSpace },
  },
  editor: {
    Space: { rows: ({ spaces }) => ({ id: { in: spaces } }), hidden: 'plan' },
    Person: { rows: ({ initial }) => ({ name: { startsWith: initial } }), hidden: 'email rank' },
    Membership: { rows: (claims) => ({ ...inSpaces(claims), ...eq('level', 'FULL') }) },
    Doc: {
      rows: (claims) => ({ ...inSpaces(claims), NOT: { tags: { some: eq('hidden', true) } } }),
      hidden: 'body slug',
    },
    Note: { rows: inSpaces, hidden: 'authorId' },
    Tag: all,
    Share: { rows: inSpaces },
  },
  reviewer: {
    Space: { rows: ({ personId }) => ({ docs: { some: { notes: { some: eq('authorId', personId) } } } }) },
    Person: { rows: ({ rank }) => ({ rank: { gte: rank } }), hidden: 'rank', maxPage: 3 },
    Doc: {
      rows: () => ({
        notesAggregate: { count: { gte: 1 } },
        notes: { every: eq('internal', false) },
        children: { none: eq('state', 'DRAFT') },
        meta: { path: 'level', lte: 2 },
      }),
      hidden: 'meta secret',
    },
    Note: { rows: ({ personId }) => eq('authorId', personId) },
  },
  analyst: {
    Doc: {
      rows: ({ states, maxSize, minAmount, since, open }) => ({
        state: { in: states },
        size: { lte: maxSize },
        amount: { gt: minAmount },
        createdAt: { gte: since },
        ...eq('isOpen', open),
      }),
      columns: 'state size amount createdAt bytes score',
    },
  },
  auditor: {
    Space: all,
    Person: { rows: () => null, hidden: 'email' },
    Membership: all,
    Doc: { rows: () => null, hidden: 'secret body' },
    Note: { rows: () => null, hidden: 'text', counted: false },
    Tag: all,
    DocTag: all,
    Share: all,
    Event: all,
  },
  admin: {
    Space: all,
    Person: all,
    Membership: all,
    Doc: all,
    Note: all,
    Tag: all,
    DocTag: all,
    Share: all,
    Event: all,
  },
};
