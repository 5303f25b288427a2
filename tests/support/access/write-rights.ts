/** What roles of `tests/models/access` may write, written a second time. */

interface Writes {
  /** Columns that the caller gives; `rest`: those that it may read, but for these. */
  readonly create?: string;
  readonly update?: string;
  readonly delete?: true;
}

/** All that is read but these columns. */
const but = (names: string): string => `-${names}`;
const ALL: Writes = { create: but(''), update: but(''), delete: true };
const OF_SPACE: Writes = { create: but('spaceId'), update: but(''), delete: true };

export const WRITES: Readonly<Record<string, Readonly<Record<string, Writes>>>> = {
  member: {
    Doc: { create: 'id title body meta createdAt', update: 'title body state parentId', delete: true },
    Note: { create: but('spaceId authorId internal'), update: 'text stars', delete: true },
  },
  owner: {
    Space: { update: 'name' },
    Person: { update: 'name email' },
    Membership: { create: but('spaceId personId'), update: but(''), delete: true },
    Doc: { create: but('spaceId ownerId'), update: but(''), delete: true },
    Note: OF_SPACE,
    Tag: OF_SPACE,
    DocTag: OF_SPACE,
    Share: { create: but('spaceId'), delete: true },
  },
  editor: { Doc: { update: but('') } },
  admin: {
    Space: ALL,
    Person: ALL,
    Membership: ALL,
    Doc: ALL,
    Note: ALL,
    Tag: ALL,
    DocTag: ALL,
    // All of its columns are its key.
    Share: { create: but(''), delete: true },
    Event: ALL,
  },
};

/** The columns that a role gives to rows of a type, if it may. */
export function writtenColumns(
  role: string,
  type: string,
  verb: 'create' | 'update',
  read: readonly string[],
): string[] {
  const columns = WRITES[role]?.[type]?.[verb];
  if (columns === undefined) return [];
  if (!columns.startsWith('-')) return columns.split(' ');
  const without = columns.slice(1).split(' ');
  return read.filter((name) => !without.includes(name));
}
