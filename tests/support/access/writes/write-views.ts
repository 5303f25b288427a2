/** Which rows roles of `tests/models/access` may write, and what they may make of them: the rules of the model, written a second time. */
import type { Input } from '../../queries/query.ts';
import type { Claims } from '../roles.ts';
import { ROLES } from '../roles.ts';

/** A rule for rows; null: each row. Reading a claim that is missing makes it none. */
export type RowView = (claims: Claims) => Input | null;

interface TypeView {
  readonly create?: {
    /** Values that the rule gives. */
    readonly set: Readonly<Record<string, (claims: Claims) => unknown>>;
    readonly check: RowView;
  };
  readonly update?: {
    /** Of rows that are read. */
    readonly where: RowView;
    readonly check: RowView;
    /** Changes of `state`; left out: every one. */
    readonly states?: readonly (readonly [from: string, to: string])[];
  };
  /** Of rows that are read. */
  readonly delete?: RowView;
}

const eq = (column: string, value: unknown): Input => ({ [column]: { eq: value } });
const all: RowView = () => null;
const read = (role: string, type: string): RowView => ROLES[role]![type]!.rows;

const SPACE = { spaceId: ({ shardKey }: Claims) => shardKey };
const own = (role: string, type: string, set: NonNullable<TypeView['create']>['set']): TypeView => ({
  create: { set, check: read(role, type) },
  update: { where: all, check: read(role, type) },
  delete: all,
});
const updated = (role: string, type: string): TypeView => ({ update: { where: all, check: read(role, type) } });
const EVERYTHING: TypeView = { create: { set: {}, check: all }, update: { where: all, check: all }, delete: all };

export const WRITE_VIEWS: Readonly<Record<string, Readonly<Record<string, TypeView>>>> = {
  member: {
    Doc: {
      create: { set: { ...SPACE, ownerId: ({ personId }) => personId }, check: read('member', 'Doc') },
      update: {
        where: ({ personId }) => ({ ...eq('ownerId', personId), ...eq('isOpen', true) }),
        check: read('member', 'Doc'),
        states: [
          ['DRAFT', 'IN_REVIEW'],
          ['IN_REVIEW', 'DRAFT'],
          ['IN_REVIEW', 'PUBLISHED'],
        ],
      },
      delete: ({ personId }) => ({ ...eq('ownerId', personId), ...eq('state', 'DRAFT') }),
    },
    Note: {
      create: {
        set: { ...SPACE, authorId: ({ personId }) => personId, internal: () => false },
        check: read('member', 'Note'),
      },
      update: { where: ({ personId }) => eq('authorId', personId), check: read('member', 'Note') },
      delete: ({ personId }) => eq('authorId', personId),
    },
  },
  owner: {
    Space: updated('owner', 'Space'),
    Person: updated('owner', 'Person'),
    Membership: own('owner', 'Membership', { ...SPACE, personId: ({ personId }) => personId }),
    Doc: own('owner', 'Doc', { ...SPACE, ownerId: ({ personId }) => personId }),
    Note: own('owner', 'Note', SPACE),
    Tag: own('owner', 'Tag', SPACE),
    DocTag: own('owner', 'DocTag', SPACE),
    Share: own('owner', 'Share', SPACE),
  },
  editor: {
    Doc: {
      update: { where: all, check: ({ spaces, budget }) => ({ spaceId: { in: spaces }, amount: { lte: budget } }) },
    },
  },
  admin: Object.fromEntries(Object.keys(ROLES.admin!).map((type) => [type, EVERYTHING])),
};
