/** Rules of each kind over the tables beside this file. Tests write them a second time: `tests/support/access/roles.ts`. */

import { both, claim, owner, readOnly, tenant } from '../../../src/index.ts';
import { defineModel } from '../../../src/model/define-model.ts';
import { docs, docTags, events, memberships, notes, people, shares, spaces, tags } from './tables.ts';

const OF_SPACE = tenant('spaceId');
const OWN_MEMBERSHIP = both(tenant('spaceId'), owner('personId'));
const OWN_DOC = both(tenant('spaceId'), owner('ownerId', 'personId'));
/** A caller of several spaces. */
const IN_SPACES = { spaceId: { in: claim('spaces') } };
const OF_MEMBER = [
  { ownerId: { eq: claim('personId') } },
  { state: { eq: 'PUBLISHED' } },
  { notes: { some: { authorId: { eq: claim('personId') }, internal: { eq: false } } } },
  { shares: { some: { personId: { eq: claim('personId') } } } },
];
const WRITTEN = ['id', 'title', 'body', 'meta', 'createdAt'] as const;
const NOT_DELETED = { hidden: ['leftAt'] } as const;

export default defineModel(
  {
    Space: {
      table: spaces,
      shardKey: 'id',
      access: {
        anonymous: { read: { plan: { eq: 'PRO' } }, columns: ['name'] },
        member: { read: { id: { eq: claim('shardKey') } }, hidden: ['budget'] },
        owner: { read: { id: { eq: claim('shardKey') } }, update: { columns: ['name'] } },
        editor: { read: { id: { in: claim('spaces') } }, hidden: ['plan'] },
        reviewer: { read: { docs: { some: { notes: { some: { authorId: { eq: claim('personId') } } } } } } },
        auditor: readOnly,
        admin: true,
      },
    },
    Person: {
      table: people,
      shardKey: 'id',
      softDelete: 'leftAt',
      access: {
        anonymous: false,
        member: { read: true, ...NOT_DELETED, columns: ['name'], aggregates: false },
        owner: { read: { id: { eq: claim('personId') } }, update: { columns: ['name', 'email'] } },
        editor: { read: { name: { startsWith: claim('initial') } }, hidden: ['email', 'rank'] },
        reviewer: { read: { rank: { gte: claim('rank') } }, hidden: ['rank'], maxPageRows: 3 },
        auditor: { read: true, hidden: ['email'] },
        admin: true,
      },
    },
    Membership: {
      table: memberships,
      shardKey: 'spaceId',
      access: {
        member: { read: OF_SPACE.read },
        owner: OWN_MEMBERSHIP,
        editor: { read: { ...IN_SPACES, level: { eq: 'FULL' } } },
        auditor: readOnly,
        admin: true,
      },
    },
    Doc: {
      table: docs,
      shardKey: 'spaceId',
      softDelete: 'deletedAt',
      search: ['title', 'body'],
      access: {
        anonymous: {
          read: { state: { eq: 'PUBLISHED' }, space: { plan: { eq: 'PRO' } } },
          columns: ['title', 'state', 'score', 'createdAt'],
          aggregates: false,
          maxPageRows: 5,
        },
        member: {
          read: {
            spaceId: { eq: claim('shardKey') },
            OR: OF_MEMBER,
          },
          hidden: ['secret', 'serial', 'deletedAt'],
          create: { set: { spaceId: claim('shardKey'), ownerId: claim('personId') }, columns: WRITTEN },
          update: {
            where: { ownerId: { eq: claim('personId') }, isOpen: { eq: true } },
            columns: ['title', 'body', 'state', 'parentId'],
            transitions: [
              { from: { state: { eq: 'DRAFT' } }, to: { state: { eq: 'IN_REVIEW' } } },
              { from: { state: { eq: 'IN_REVIEW' } }, to: { state: { in: ['DRAFT', 'PUBLISHED'] } } },
            ],
          },
          delete: { ownerId: { eq: claim('personId') }, state: { eq: 'DRAFT' } },
        },
        owner: { ...OWN_DOC, hidden: ['meta'] },
        editor: {
          read: { ...IN_SPACES, NOT: { tags: { some: { hidden: { eq: true } } } } },
          hidden: ['body', 'slug'],
          update: { check: { ...IN_SPACES, amount: { lte: claim('budget') } } },
        },
        reviewer: {
          read: {
            notesAggregate: { count: { gte: 1 } },
            notes: { every: { internal: { eq: false } } },
            children: { none: { state: { eq: 'DRAFT' } } },
            meta: { path: 'level', lte: 2 },
          },
          hidden: ['meta', 'secret'],
        },
        analyst: {
          read: {
            state: { in: claim('states') },
            size: { lte: claim('maxSize') },
            amount: { gt: claim('minAmount') },
            createdAt: { gte: claim('since') },
            isOpen: { eq: claim('open') },
          },
          columns: ['state', 'size', 'amount', 'createdAt', 'bytes', 'score'],
        },
        auditor: { read: true, hidden: ['secret', 'body'] },
        admin: true,
      },
    },
    Note: {
      table: notes,
      shardKey: 'spaceId',
      access: {
        anonymous: {
          read: { internal: { eq: false }, doc: { state: { eq: 'PUBLISHED' } } },
          columns: ['text', 'docId'],
        },
        member: {
          read: {
            spaceId: { eq: claim('shardKey') },
            OR: [{ internal: { eq: false } }, { authorId: { eq: claim('personId') } }],
          },
          create: { set: { spaceId: claim('shardKey'), authorId: claim('personId'), internal: false } },
          update: { where: { authorId: { eq: claim('personId') } }, columns: ['text', 'stars'] },
          delete: { authorId: { eq: claim('personId') } },
        },
        owner: OF_SPACE,
        editor: { read: IN_SPACES, hidden: ['authorId'] },
        reviewer: { read: { authorId: { eq: claim('personId') } } },
        auditor: { read: true, hidden: ['text'], aggregates: false },
        admin: true,
      },
    },
    Tag: {
      table: tags,
      shardKey: 'spaceId',
      access: {
        anonymous: { read: { hidden: { eq: false } }, hidden: ['hidden'] },
        member: { read: { spaceId: { eq: claim('shardKey') }, hidden: { eq: false } } },
        owner: OF_SPACE,
        editor: readOnly,
        auditor: readOnly,
        admin: true,
      },
    },
    DocTag: {
      table: docTags,
      shardKey: 'spaceId',
      access: {
        anonymous: readOnly,
        member: { read: { spaceId: { eq: claim('shardKey') }, weight: { gt: 0 } } },
        owner: OF_SPACE,
        auditor: readOnly,
        admin: true,
      },
    },
    Share: {
      table: shares,
      shardKey: 'spaceId',
      access: {
        member: { read: { spaceId: { eq: claim('shardKey') }, personId: { eq: claim('personId') } } },
        owner: OF_SPACE,
        editor: { read: IN_SPACES },
        auditor: readOnly,
        admin: true,
      },
    },
    Event: { table: events, shardKey: 'spaceId', access: { auditor: readOnly, admin: true } },
  },
  ({ one, many }) => ({
    Space: { docs: many.Doc(), memberships: many.Membership(), tags: many.Tag(), events: many.Event() },
    Person: {
      memberships: many.Membership({ from: 'id', to: 'personId' }),
      docs: many.Doc({ from: 'id', to: 'ownerId' }),
      notes: many.Note({ from: 'id', to: 'authorId' }),
      shared: many.Doc({
        from: 'id',
        through: { type: 'Share', from: 'personId', to: ['spaceId', 'docId'] },
        to: ['spaceId', 'id'],
      }),
    },
    Membership: { space: one.Space(), person: one.Person({ from: 'personId', to: 'id' }) },
    Doc: {
      space: one.Space(),
      owner: one.Person({ from: 'ownerId', to: 'id' }),
      parent: one.Doc({ from: 'parentId', to: 'id' }),
      children: many.Doc({ from: 'id', to: 'parentId' }),
      notes: many.Note(),
      tags: many.Tag({ through: 'DocTag' }),
      shares: many.Share({ from: ['spaceId', 'id'], to: ['spaceId', 'docId'] }),
      readers: many.Person({
        from: ['spaceId', 'id'],
        through: { type: 'Share', from: ['spaceId', 'docId'], to: 'personId' },
        to: 'id',
      }),
    },
    Note: { doc: one.Doc(), author: one.Person({ from: 'authorId', to: 'id' }) },
    Tag: { docs: many.Doc({ through: 'DocTag' }) },
    DocTag: { doc: one.Doc(), tag: one.Tag() },
    Share: {
      doc: one.Doc({ from: ['spaceId', 'docId'], to: ['spaceId', 'id'] }),
      person: one.Person({ from: 'personId', to: 'id' }),
    },
    Event: { doc: one.Doc() },
  }),
);
