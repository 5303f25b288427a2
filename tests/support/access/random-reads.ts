/** Random reads of single rows and searches, each with what a caller must be answered: worked out from the rows that it sees. */
import type { Model } from '../../../src/model/types.ts';
import { encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import model from '../../models/access/model.ts';
import { type Entity, entityOf, type Row, rowsOf, type World } from '../queries/world.ts';
import { below, pick, type Random } from '../random.ts';
import { isFound } from '../search-oracle.ts';
import { PEOPLE, SPACES } from './rows.ts';

/** A root field, and its answer: `refused` stands for an error. */
export interface RandomRead {
  readonly form: 'key' | 'node' | 'nodes' | 'search';
  readonly field: string;
  readonly expected: unknown;
}

/** The error of a key that several rows have. */
export const AMBIGUOUS = Symbol('ambiguous');

const SEARCHES = ['garden', 'plan', '"garden party"', 'plan -year', 'gar*', 'secret OR plan', 'year of', 'none'];
const SEARCHED = ['title', 'body'];
/** Unique keys beside the primary one; the first ones are of rows that are not deleted. */
const UNIQUE: Readonly<Record<string, readonly string[]>> = { Doc: ['slug', 'serial'], Tag: ['label'] };

const singleOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

export class ReadGenerator {
  readonly #all: World;
  readonly #seen: World;
  readonly #random: Random;

  /** @param all rows of everybody; names of rows that the caller does not see are asked for, too. */
  constructor(all: World, seen: World, random: Random) {
    this.#all = all;
    this.#seen = seen;
    this.#random = random;
  }

  read(): RandomRead {
    const roll = this.#random();
    if (roll < 0.5) return this.#byKey();
    if (roll < 0.65) return this.#node();
    if (roll < 0.75 || this.#searched().length === 0) return this.#nodes();
    return this.#search();
  }

  #byKey(): RandomRead {
    const random = this.#random;
    const entity = pick(random, this.#seen.entities);
    const { type, shardKey, keepsDeleted } = entity;
    const row = this.#anyRow(type);
    const unique = (UNIQUE[type] ?? []).filter((name) => entity.columns.some((column) => column.name === name));
    const names = unique.length > 0 && random() < 0.4 ? [pick(random, unique)] : besideShardKey(entity);
    const includeDeleted = keepsDeleted === true && names[0] !== 'slug' && random() < 0.4;
    const isPlaced = random() < 0.6 || names.includes(shardKey);
    const key = Object.fromEntries(names.map((name) => [name, row[name] ?? 'none']));
    const found = rowsOf(this.#seen, type, includeDeleted).filter(
      (one) => names.every((name) => one[name] === key[name]) && (!isPlaced || one[shardKey] === row[shardKey]),
    );
    const by = Object.entries(key).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    const joined = names
      .map((name, at) => (at === 0 ? name : name.charAt(0).toUpperCase() + name.slice(1)))
      .join('And');
    const named = names.length === 1 ? by[0]! : `${joined}: { ${by.join(', ')} }`;
    const args = [
      `by: { ${key[names[0]!] === 'none' && names[0] === 'serial' ? 'serial: -1' : named} }`,
      ...(isPlaced && !names.includes(shardKey) ? [`shardKey: ${JSON.stringify(row[shardKey])}`] : []),
      ...(includeDeleted ? ['includeDeleted: true'] : []),
    ];
    const field = `${singleOf(type)}(${args.join(', ')}) ${selection(entity)}`;
    return { form: 'key', field, expected: found.length > 1 ? AMBIGUOUS : (found[0] ?? null) };
  }

  #node(): RandomRead {
    const { type } = pick(this.#random, this.#seen.entities);
    const row = this.#anyRow(type);
    const field = `node(nodeId: "${nodeIdOf(type, row)}") { ... on ${type} ${selection(entityOf(this.#seen, type))} }`;
    return { form: 'node', field, expected: this.#seenRow(type, row) };
  }

  #nodes(): RandomRead {
    const rows = Array.from({ length: 1 + below(this.#random, 6) }, () => {
      const { type } = pick(this.#random, this.#seen.entities);
      const row = this.#anyRow(type);
      return { type, nodeId: nodeIdOf(type, row), isSeen: this.#seenRow(type, row) !== null };
    });
    const field = `nodes(nodeIds: [${rows.map(({ nodeId }) => `"${nodeId}"`).join(' ')}]) { __typename nodeId }`;
    return {
      form: 'nodes',
      field,
      expected: rows.map(({ type, nodeId, isSeen }) => (isSeen ? { __typename: type, nodeId } : null)),
    };
  }

  #search(): RandomRead {
    const random = this.#random;
    const search = pick(random, SEARCHES);
    const spaceId = random() < 0.4 ? pick(random, SPACES) : null;
    const includeDeleted = random() < 0.2;
    const { counted, maxPage = 100 } = entityOf(this.#seen, 'Doc');
    const found = rowsOf(this.#seen, 'Doc', includeDeleted)
      .filter((row) => spaceId === null || row.spaceId === spaceId)
      .filter((row) =>
        isFound(
          search,
          this.#searched().map((name) => row[name] as string | null),
        ),
      )
      .map(({ spaceId: space, id }) => ({ spaceId: space, id }))
      .sort((a, b) => (`${a.spaceId} ${a.id}` < `${b.spaceId} ${b.id}` ? -1 : 1));
    const args = [
      `search: ${JSON.stringify(search)}`,
      `first: ${maxPage}`,
      'orderBy: [{ spaceId: ASC }, { id: ASC }]',
      ...(spaceId === null ? [] : [`shardKey: "${spaceId}"`]),
      ...(includeDeleted ? ['includeDeleted: true'] : []),
    ];
    const counts = counted !== false;
    const field = `docs(${args.join(', ')}) { nodes { spaceId id } ${counts ? 'totalCount' : ''} }`;
    return {
      form: 'search',
      field,
      expected: { nodes: found.slice(0, maxPage), ...(counts && { totalCount: found.length }) },
    };
  }

  /** Columns of the full-text index that the caller sees. */
  #searched(): string[] {
    const doc = this.#seen.entities.find(({ type }) => type === 'Doc');
    return SEARCHED.filter((name) => doc?.columns.some((column) => column.name === name));
  }

  #seenRow(type: string, row: Row): Row | null {
    const { primaryKey } = entityOf(this.#all, type);
    return rowsOf(this.#seen, type).find((one) => primaryKey.every((name) => one[name] === row[name])) ?? null;
  }

  /** Most of the time one that is there, whether the caller sees it or not. */
  #anyRow(type: string): Row {
    const own = this.#random() < 0.5 ? rowsOf(this.#seen, type, true) : rowsOf(this.#all, type, true);
    if (own.length > 0 && this.#random() < 0.95) {
      const { primaryKey } = entityOf(this.#all, type);
      const row = pick(this.#random, own);
      return rowsOf(this.#all, type, true).find((one) => primaryKey.every((name) => one[name] === row[name]))!;
    }
    return {
      spaceId: pick(this.#random, SPACES),
      id: 'none',
      docId: 'none',
      tagId: 'none',
      personId: 'none',
      at: '2020-01-01T00:00:00.000Z',
    };
  }
}

const besideShardKey = ({ primaryKey, shardKey }: Entity): string[] => {
  const others = primaryKey.filter((name) => name !== shardKey);
  return others.length > 0 ? others : [...primaryKey];
};

const selection = ({ columns }: Entity): string => `{ ${columns.map(({ name }) => name).join(' ')} }`;

function nodeIdOf(type: string, row: Row): string {
  const table = (model as Model).table(type);
  return encodeNodeId(table, table.primaryKey.names.map((name) => row[name] ?? PEOPLE[0]!) as never);
}
