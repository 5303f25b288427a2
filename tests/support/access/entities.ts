/** The tables of `tests/models/access` as tests know them. */
import { columns, type Entity, many, one } from '../queries/world.ts';

const of = 'spaceId=spaceId';
const across = { colocated: false };
const space = one('space', 'Space', 'spaceId=id');

export const ENTITIES: readonly Entity[] = [
  {
    type: 'Space',
    list: 'spaces',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text plan:enum budget:int', { plan: ['free', 'pro'] }),
    relations: [
      many('docs', 'Doc', 'id=spaceId'),
      many('memberships', 'Membership', 'id=spaceId'),
      many('tags', 'Tag', 'id=spaceId'),
      many('events', 'Event', 'id=spaceId'),
    ],
  },
  {
    type: 'Person',
    list: 'people',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text email:text? rank:int? leftAt:dateTime?'),
    relations: [
      many('memberships', 'Membership', 'id=personId', across),
      many('docs', 'Doc', 'id=ownerId', across),
      many('notes', 'Note', 'id=authorId', across),
      many('shared', 'Doc', 'id=personId', { ...across, through: ['Share', `${of},docId=id`] }),
    ],
    keepsDeleted: true,
  },
  {
    type: 'Membership',
    list: 'memberships',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'personId'],
    columns: columns('spaceId:id personId:id level:enum', { level: ['guest', 'full'] }),
    relations: [space, one('person', 'Person', 'personId=id', across)],
  },
  {
    type: 'Doc',
    list: 'docs',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'id'],
    columns: columns(
      `spaceId:id id:id ownerId:id parentId:id? state:enum title:text body:text? secret:text? slug:text? serial:int?
      amount:decimal? size:bigInt? score:float? bytes:bytes? meta:json? isOpen:boolean createdAt:dateTime
      deletedAt:dateTime?`,
      { state: ['draft', 'inReview', 'published'] },
    ),
    relations: [
      space,
      one('owner', 'Person', 'ownerId=id', across),
      one('parent', 'Doc', `${of},parentId=id`),
      many('children', 'Doc', `${of},id=parentId`),
      many('notes', 'Note', `${of},id=docId`),
      many('tags', 'Tag', `${of},id=docId`, { through: ['DocTag', `${of},tagId=id`] }),
      many('shares', 'Share', `${of},id=docId`),
      many('readers', 'Person', `${of},id=docId`, { ...across, through: ['Share', 'personId=id'] }),
    ],
    keepsDeleted: true,
  },
  {
    type: 'Note',
    list: 'notes',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'id'],
    columns: columns('spaceId:id id:id docId:id authorId:id text:text internal:boolean stars:int?'),
    relations: [one('doc', 'Doc', `${of},docId=id`), one('author', 'Person', 'authorId=id', across)],
  },
  {
    type: 'Tag',
    list: 'tags',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'id'],
    columns: columns('spaceId:id id:id label:text hidden:boolean'),
    relations: [many('docs', 'Doc', `${of},id=tagId`, { through: ['DocTag', `${of},docId=id`] })],
  },
  {
    type: 'DocTag',
    list: 'docTags',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'docId', 'tagId'],
    columns: columns('spaceId:id docId:id tagId:id weight:int'),
    relations: [one('doc', 'Doc', `${of},docId=id`), one('tag', 'Tag', `${of},tagId=id`)],
  },
  {
    type: 'Share',
    list: 'shares',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'docId', 'personId'],
    columns: columns('spaceId:id docId:id personId:id'),
    relations: [one('doc', 'Doc', `${of},docId=id`), one('person', 'Person', 'personId=id', across)],
  },
  {
    type: 'Event',
    list: 'events',
    shardKey: 'spaceId',
    primaryKey: ['spaceId', 'at'],
    columns: columns('spaceId:id at:dateTime docId:id? what:text'),
    relations: [one('doc', 'Doc', `${of},docId=id`)],
  },
];
