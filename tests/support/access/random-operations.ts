/** Random requests of a caller: lists of all forms, rows by their keys, searches, and what is none of the caller's business. */
import type { Model } from '../../../src/model/types.ts';
import { CONSISTENCY_MODES } from '../../../src/model/types.ts';
import { encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import model from '../../models/access/model.ts';
import type { LabWorker } from '../lab-worker.ts';
import { QueryGenerator } from '../queries/generate-query.ts';
import type { ListQuery } from '../queries/query.ts';
import { RelatedRows } from '../queries/related.ts';
import { render } from '../queries/render.ts';
import type { Row, World } from '../queries/world.ts';
import { below, pick, type Random } from '../random.ts';
import { withMode } from './access-lab.ts';
import { ENTITIES } from './entities.ts';
import type { Viewer } from './roles.ts';
import { type AllRows, accessWorld, asHeader, PEOPLE } from './rows.ts';
import { seenWorld } from './seen-world.ts';

export interface Operation {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  /** All of it that has to be equal. */
  readonly text: string;
  readonly token: string | null;
}

const TYPES = ENTITIES.map(({ type }) => type);
const SEARCHES = ['garden', 'plan', '"garden party"', 'plan -year', 'gar*', 'secret OR plan', 'code'];
const MEDIA = ['application/json', 'application/graphql-response+json'];
const NO_TOKEN = '\u0000';
const REQUEST_ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Headers that differ between requests, and `Server-Timing`, which is of development alone (tests/http/tracing): it says whether a
 * cache answered, which depends on writes to rows that the caller may not see.
 */
const NOT_COMPARED: ReadonlySet<string> = new Set(['x-request-id', 'x-shardql-token', 'server-timing']);

const text = (value: unknown): string => JSON.stringify(value ?? 'none');
const singleOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

export async function send(
  worker: LabWorker,
  { path, method, body, headers: more }: Operation,
  viewer: Viewer,
  token: string | null,
): Promise<Answer> {
  const response = await worker.fetch(path, {
    method,
    headers: {
      accept: MEDIA[(body?.length ?? 0) % 2]!,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== null && { 'x-shardql-token': token }),
      ...more,
      ...asHeader(viewer),
    },
    ...(body !== undefined && { body }),
  });
  const given = response.headers.get('x-shardql-token');
  const headers = [...response.headers].filter(([name]) => !NOT_COMPARED.has(name));
  const shown = (await response.text()).replace(REQUEST_ID, 'id').replaceAll(given ?? NO_TOKEN, 'token');
  return { text: JSON.stringify([response.status, headers, given?.length ?? null, shown], null, 0), token: given };
}

export class OperationGenerator {
  readonly #rows: AllRows;
  readonly #seen: World;
  readonly #random: Random;
  readonly #generator: QueryGenerator;
  readonly #cursors: string[] = [];

  constructor(rows: AllRows, viewer: Viewer, random: Random) {
    this.#rows = rows;
    this.#random = random;
    this.#seen = seenWorld(accessWorld(rows), viewer);
    this.#generator = new QueryGenerator(this.#seen, new RelatedRows(this.#seen), random);
  }

  /** Cursors of an answer are used again. */
  learn(text: string): void {
    for (const [, cursor] of text.matchAll(/\\"(?:cursor|endCursor)\\":\\"([\w-]+)\\"/g)) this.#cursors.push(cursor!);
    this.#cursors.splice(0, this.#cursors.length - 40);
  }

  operation(fields: number, showsVersions: boolean): Operation {
    const roll = this.#random();
    if (roll < 0.04) return this.#otherPath();
    if (roll < 0.75) return this.#lists(fields, showsVersions);
    const makes = roll < 0.92 ? () => this.#field() : () => this.#doubtful();
    // What is refused spoils the whole document.
    const count = roll < 0.92 ? fields : 1;
    return this.#post(this.#withMode(`query {\n ${this.#many(count, (at) => `f${at}: ${makes()}`)} }`));
  }

  #many(count: number, make: (at: number) => string): string {
    return Array.from({ length: count }, (_, at) => make(at)).join('\n');
  }

  #lists(fields: number, showsVersions: boolean): Operation {
    const queries = Array.from({ length: fields }, (): ListQuery => this.#generator.query());
    const cursorOf = () => (this.#cursors.length > 0 ? pick(this.#random, this.#cursors) : 'none');
    const { query, variables } = render(this.#seen, queries, cursorOf);
    const more = showsVersions ? '__typename nodeId version ' : '__typename nodeId ';
    const text = query.replaceAll(' nodes { ', ` nodes { ${more}`).replaceAll(' node { ', ` node { ${more}`);
    return this.#post(this.#withMode(text), variables);
  }

  #withMode(query: string): string {
    return this.#random() < 0.15 ? query : withMode(query, pick(this.#random, CONSISTENCY_MODES));
  }

  #post(query: string, variables?: object): Operation {
    const explain = this.#random() < 0.03 ? { extensions: { explain: true } } : {};
    return { path: '/graphql', method: 'POST', body: JSON.stringify({ query, variables, ...explain }) };
  }

  #otherPath(): Operation {
    const path = pick(this.#random, [
      `/export?table=${pick(this.#random, TYPES)}&limit=10`,
      '/schema',
      '/metrics',
      '/status',
      '/migrations',
      '/',
      '/ready',
      '/import',
      `/graphql?query=${encodeURIComponent(`{ ${this.#doubtful()} }`)}`,
    ]);
    return { path, method: 'GET', body: undefined };
  }

  /** A root field that the caller has. */
  #field(): string {
    const random = this.#random;
    const { type, list, shardKey, columns } = pick(random, this.#seen.entities);
    const row = this.#anyRow(type);
    const at = random() < 0.5 ? `, shardKey: ${text(row[shardKey])}` : '';
    const shown = columns.map(({ name }) => name).join(' ');
    const search = text(pick(random, SEARCHES));
    const fields = [
      () => `${singleOf(type)}(by: { ${this.#key(type, row)} }${at}) { ${shown} }`,
      () => `node(nodeId: "${this.#nodeId(type, row)}") { __typename ... on ${type} { ${shown} } }`,
      () => `nodes(nodeIds: [${this.#nodeIds()}]) { __typename nodeId }`,
      () => `${list}(shardKey: ${text(row[shardKey])}, first: 3) { nodes { ${shown} } }`,
      () =>
        this.#isSearched
          ? `docs(search: ${search}, first: ${1 + below(random, 5)}) { edges { cursor highlights { column text } node { id } } pageInfo { hasNextPage } }`
          : '__typename',
      () =>
        this.#isSearched ? `docs(search: ${search}, orderBy: [{ id: ASC }]) { nodes { spaceId id } }` : '__typename',
    ];
    return pick(random, fields)();
  }

  /** A root field that the caller may have, or not. */
  #doubtful(): string {
    const random = this.#random;
    const { type, shardKey, columns } = pick(random, ENTITIES);
    const row = this.#anyRow(type);
    const shown = columns.map(({ name }) => name).join(' ');
    return pick(random, [
      () => `${singleOf(type)}(by: { ${this.#key(type, row)} }, shardKey: ${text(row[shardKey])}) { ${shown} }`,
      () => `node(nodeId: "${this.#nodeId(type, row)}") { ... on ${type} { ${shown} } }`,
      () => `docs(search: ${text(pick(random, SEARCHES))}, first: 5) { edges { cursor rank node { id } } totalCount }`,
      () => `docs(where: { ${pick(random, ['secret', 'body', 'slug', 'meta'])}: { eq: "garden" } }) { nodes { id } }`,
      () => `docs(orderBy: [{ ${pick(random, ['secret', 'serial', 'amount', 'title'])}: DESC }]) { nodes { id } }`,
      () => `people(where: { ${pick(random, ['email', 'rank', 'leftAt'])}: { isNull: false } }) { nodes { id } }`,
      () => `__type(name: "${type}") { name fields { name } }`,
      () => '__schema { queryType { fields { name args { name } } } }',
    ])();
  }

  get #isSearched(): boolean {
    const doc = this.#seen.entities.find(({ type }) => type === 'Doc');
    return ['title', 'body'].some((name) => doc?.columns.some((column) => column.name === name));
  }

  /** Seen or not. */
  #anyRow(type: string): Row {
    const rows = this.#rows[type]!;
    return rows.length > 0 ? pick(this.#random, rows) : {};
  }

  #key(type: string, row: Row): string {
    const { primaryKey, shardKey } = ENTITIES.find((one) => one.type === type)!;
    const value = (name: string) => text(row[name]);
    const others = primaryKey.filter((name) => name !== shardKey);
    if (others.length === 0) return `${shardKey}: ${value(shardKey)}`;
    if (others.length === 1) {
      const seen = this.#seen.entities.find((one) => one.type === type);
      const hasSlug = seen?.columns.some(({ name }) => name === 'slug') ?? false;
      return hasSlug && this.#random() < 0.3
        ? `slug: "slug-d${below(this.#random, 9)}"`
        : `${others[0]}: ${value(others[0]!)}`;
    }
    const name = others.map((one, at) => (at === 0 ? one : one.charAt(0).toUpperCase() + one.slice(1))).join('');
    return `${name}: { ${others.map((one) => `${one}: ${value(one)}`).join(', ')} }`;
  }

  #nodeIds(): string {
    return this.#many(4, () => {
      const type = pick(this.#random, TYPES);
      return `"${this.#nodeId(type, this.#anyRow(type))}"`;
    });
  }

  #nodeId(type: string, row: Row): string {
    const table = (model as Model).table(type);
    const values = table.primaryKey.names.map((name) => row[name] ?? PEOPLE[0]!);
    return encodeNodeId(table, values as never);
  }
}
