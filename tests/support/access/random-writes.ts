/** Random mutations of a caller: what its role may write, to rows that it sees and to others. */
import { below, pick, type Random } from '../random.ts';
import { ENTITIES } from './entities.ts';
import type { Operation } from './random-operations.ts';
import type { Viewer } from './roles.ts';
import { type AllRows, accessWorld, SPACES, VALUES } from './rows.ts';
import { seenWorld } from './seen-world.ts';
import { WRITES, writtenColumns } from './write-rights.ts';

const DELETION = ['deletedAt', 'leftAt'];
/** Columns whose values are unique: a collision tells of a row, as documented. */
const UNIQUE = ['id', 'slug', 'label'];
const REFERENCES: Readonly<Record<string, string>> = {
  docId: 'Doc',
  parentId: 'Doc',
  tagId: 'Tag',
  personId: 'Person',
  ownerId: 'Person',
  authorId: 'Person',
};

export class WriteGenerator {
  readonly #rows: AllRows;
  readonly #viewer: Viewer;
  readonly #random: Random;
  #made = 0;

  constructor(rows: AllRows, viewer: Viewer, random: Random) {
    this.#rows = rows;
    this.#viewer = viewer;
    this.#random = random;
  }

  /** Null: the role writes nothing. */
  operation(): Operation | null {
    const types = Object.keys(WRITES[this.#viewer.role] ?? {});
    if (types.length === 0) return null;
    const type = pick(this.#random, types);
    const verbs = Object.keys(WRITES[this.#viewer.role]![type]!) as ('create' | 'update' | 'delete')[];
    const verb = pick(this.#random, verbs);
    const [query, variables] = this.#mutation(type, verb);
    return { path: '/graphql', method: 'POST', body: JSON.stringify({ query, variables }) };
  }

  #mutation(type: string, verb: 'create' | 'update' | 'delete'): [query: string, variables: object] {
    const { primaryKey, shardKey, list } = ENTITIES.find((one) => one.type === type)!;
    const shown = `{ ${primaryKey.join(' ')} }`;
    if (verb === 'create') {
      const data = this.#data(type, 'create', () => true);
      return [`mutation ($data: ${type}CreateInput!) { it: create${type}(data: $data) ${shown} }`, { data }];
    }
    const rows = this.#rows[type]!;
    const row = rows.length > 0 ? pick(this.#random, rows) : {};
    const where = Object.fromEntries(primaryKey.map((name) => [name, { eq: row[name] ?? 'none' }]));
    const many = `${list.charAt(0).toUpperCase()}${list.slice(1)}`;
    const chosen =
      this.#random() < 0.5 ? where : { [shardKey]: where[shardKey], NOT: { [primaryKey.at(-1)!]: { eq: 'x' } } };
    if (verb === 'delete') {
      const query = `mutation ($where: ${type}Where!) { it: delete${many}(where: $where, atMost: 100) { affectedCount } }`;
      return [query, { where }];
    }
    const data = this.#data(type, 'update', (name) => !primaryKey.includes(name) && this.#random() < 0.5);
    const query = `mutation ($where: ${type}Where!, $data: ${type}UpdateInput!) { it: update${many}(where: $where, data: $data, atMost: 100) { affectedCount nodes ${shown} } }`;
    return [query, { where: chosen, data }];
  }

  #data(type: string, verb: 'create' | 'update', isGiven: (name: string) => boolean): object {
    const seen = seenWorld(accessWorld(this.#rows), this.#viewer);
    const read = seen.entities.find((entity) => entity.type === type)!.columns.map(({ name }) => name);
    const names = writtenColumns(this.#viewer.role, type, verb, read).filter((name) => !DELETION.includes(name));
    return Object.fromEntries(names.filter(isGiven).map((name) => [name, this.#value(type, name)]));
  }

  #value(type: string, name: string): unknown {
    const random = this.#random;
    if (name === 'spaceId') return pick(random, SPACES);
    if (UNIQUE.includes(name)) return `made-${this.#made++}`;
    if (name === 'serial') return 10_000 + this.#made++;
    if (name === 'at') return new Date(Date.UTC(2028, 0, 1, 0, 0, this.#made++)).toISOString();
    const target = REFERENCES[name];
    if (target === undefined) return VALUES[type]![name]!(random);
    const rows = this.#rows[target]!;
    return below(random, 10) === 0 || rows.length === 0 ? 'none' : pick(random, rows).id;
  }
}
