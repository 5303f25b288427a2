/** Rows of two tenants, as files bring them. What a member of the first may not see is marked. */

/** In every text that the member must not get. */
export const HIDDEN = 'HIDDEN';

/** Who attacks: a member of the first space, and a person of both. */
export const ATTACKER = { role: 'member', shardKey: 's1', personId: 'p1' } as const;

const doc = (spaceId: string, id: string, ownerId: string, title: string, more: object = {}) => ({
  spaceId,
  id,
  ownerId,
  parentId: null,
  state: 'DRAFT',
  title,
  body: title,
  secret: `${HIDDEN} secret of ${spaceId} ${id}`,
  slug: `slug-${id}`,
  serial: Number(id.slice(1)),
  amount: '12.5',
  size: '4096',
  score: 1.5,
  bytes: null,
  meta: { level: 1, key: `${title} meta` },
  isOpen: true,
  createdAt: '2026-01-02T03:04:05.000Z',
  deletedAt: null,
  ...more,
});

export const ROWS: Readonly<Record<string, readonly object[]>> = {
  Space: [
    { id: 's1', name: 'one', plan: 'PRO', budget: 471_100 },
    { id: 's2', name: `${HIDDEN} two`, plan: 'FREE', budget: 471_200 },
  ],
  Person: [
    { id: 'p1', name: 'Ada', email: `${HIDDEN}-ada@example.com`, rank: 81_111, leftAt: null },
    { id: 'p2', name: 'Bob', email: `${HIDDEN}-bob@example.com`, rank: 82_222, leftAt: null },
  ],
  Membership: [
    { spaceId: 's1', personId: 'p1', level: 'FULL' },
    { spaceId: 's2', personId: 'p1', level: 'FULL' },
  ],
  Doc: [
    doc('s1', 'd1', 'p1', 'mine'),
    doc('s1', 'd2', 'p2', `${HIDDEN} draft`, { parentId: 'd1' }),
    doc('s1', 'd3', 'p2', 'published', { state: 'PUBLISHED', parentId: 'd2' }),
    doc('s1', 'd4', 'p2', `${HIDDEN} deleted`, { deletedAt: '2026-01-02T03:04:05.000Z' }),
    doc('s2', 'd5', 'p1', `${HIDDEN} published elsewhere`, { state: 'PUBLISHED' }),
    doc('s2', 'd1', 'p1', `${HIDDEN} mine elsewhere`),
  ],
  Note: [
    { spaceId: 's1', id: 'n1', docId: 'd1', authorId: 'p2', text: 'open', internal: false, stars: 1 },
    { spaceId: 's1', id: 'n2', docId: 'd1', authorId: 'p2', text: `${HIDDEN} internal`, internal: true, stars: 900 },
    {
      spaceId: 's1',
      id: 'n3',
      docId: 'd2',
      authorId: 'p2',
      text: 'open on a hidden document',
      internal: false,
      stars: 3,
    },
    { spaceId: 's2', id: 'n4', docId: 'd5', authorId: 'p1', text: `${HIDDEN} elsewhere`, internal: false, stars: 5 },
  ],
  Tag: [
    { spaceId: 's1', id: 't1', label: 'one', hidden: false },
    { spaceId: 's1', id: 't2', label: `${HIDDEN} tag`, hidden: true },
    { spaceId: 's2', id: 't3', label: `${HIDDEN} elsewhere`, hidden: false },
  ],
  DocTag: [
    { spaceId: 's1', docId: 'd1', tagId: 't1', weight: 1 },
    { spaceId: 's1', docId: 'd1', tagId: 't2', weight: 1 },
    { spaceId: 's1', docId: 'd2', tagId: 't1', weight: 1 },
    { spaceId: 's2', docId: 'd5', tagId: 't3', weight: 1 },
  ],
  Share: [
    { spaceId: 's1', docId: 'd3', personId: 'p2' },
    { spaceId: 's2', docId: 'd5', personId: 'p1' },
  ],
  Event: [{ spaceId: 's1', at: '2026-01-02T03:04:05.000Z', docId: 'd1', what: `${HIDDEN} event` }],
};
