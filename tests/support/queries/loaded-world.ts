/** An API that holds the rows of a world, and what it takes to compare its answers with the oracle's. */
import type { GraphQLApi } from '../graphql.ts';
import { difference } from './difference.ts';
import type { Oracle } from './oracle.ts';
import type { Input, ListArguments, ListQuery, RowSelect } from './query.ts';
import { mayRefuseDepth, mustRefuse } from './refusals.ts';
import { render } from './render.ts';
import { type Entity, entityOf, type Row, type World } from './world.ts';

export class LoadedWorld<Api extends GraphQLApi> {
  readonly server: Api;
  readonly shards: number;
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #cursors = new Map<string, string>();

  /** @param server holds the rows of the world. */
  constructor(server: Api, shards: number, world: World, oracle: Oracle) {
    this.server = server;
    this.shards = shards;
    this.#world = world;
    this.#oracle = oracle;
  }

  /** Sends the queries in one document; how each answer differs from what was expected, or null. */
  async check(queries: readonly ListQuery[], expected: readonly unknown[]): Promise<(string | null)[]> {
    for (const query of queries) if (!mustRefuse(this.#world, query)) await this.#fetchCursors(query);
    const request = render(this.#world, queries, (...cursor) => this.#cursors.get(JSON.stringify(cursor)) ?? '');
    const { data, errors, status } = await this.server.graphql(request.query, request.variables);
    return expected.map((wanted, at) => {
      const own = errors.find(({ path }) => path === undefined || path[0] === `q${at}`);
      if (mustRefuse(this.#world, queries[at]!)) {
        return own?.extensions?.code === 'BAD_USER_INPUT' && own.path?.length === 1
          ? null
          : `a refusal, expected: BAD_USER_INPUT, but got ${JSON.stringify(own ?? data)}`;
      }
      if (own?.extensions?.code === 'DEPTH_LIMIT_EXCEEDED' && mayRefuseDepth(queries[at]!)) return null;
      if (own) return `error ${JSON.stringify(own)} (status ${status})`;
      return difference(wanted, data?.[`q${at}`], `q${at}`);
    });
  }

  /**
   * What the queries cost, by the product's own count. Without cursors, which would take queries of their own, and past
   * the cache: reads that look there first leave later than others, or not at all.
   */
  async trace(queries: readonly ListQuery[]): Promise<{ readonly rpcs: number; readonly shards: readonly string[] }> {
    const { query, variables } = render(this.#world, queries, () => '');
    const strong = query.replace(' {\n', ' @consistency(mode: STRONG) {\n');
    const { extensions, errors } = await this.server.graphql(strong, variables, { 'x-shardql-trace': '1' });
    const own = errors.find((error) => {
      const query = queries[Number(`${error.path?.[0]}`.slice(1))]!;
      return !mustRefuse(this.#world, query);
    });
    if (own) throw new Error(`Expected an answer, but got ${JSON.stringify(own)}\nfor ${JSON.stringify(queries)}`);
    return extensions.trace;
  }

  /** How the pages of a list, walked to their end, differ from the whole list, or null. */
  async checkWalk(type: string, args: ListArguments, pageRows: number, way: 'forward' | 'backward') {
    const entity = entityOf(this.#world, type);
    const expected = this.#oracle.ordered(type, args).map((row) => keyOf(entity, row));
    const seen: string[] = [];
    const page = way === 'forward' ? 'first: $rows, after: $cursor' : 'last: $rows, before: $cursor';
    const query = `query ($where: ${type}Where, $orderBy: [${type}OrderBy!], $rows: Int, $cursor: String) {
      it: ${entity.list}(where: $where, orderBy: $orderBy, ${page}) {
        nodes { ${entity.primaryKey.join(' ')} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    let cursor: string | null = null;
    do {
      const variables = { where: args.where, orderBy: args.orderBy, rows: pageRows, cursor };
      const { data, errors } = await this.server.graphql(query, variables);
      if (errors.length > 0) return `error ${JSON.stringify(errors[0])}`;
      const keys: string[] = data.it.nodes.map((row: Row) => keyOf(entity, row));
      if (way === 'forward') seen.push(...keys);
      else seen.unshift(...keys);
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = data.it.pageInfo;
      if (way === 'forward') cursor = hasNextPage ? endCursor : null;
      else cursor = hasPreviousPage ? startCursor : null;
    } while (cursor !== null && seen.length <= expected.length);
    return difference(expected, seen, way);
  }

  async #fetchCursors({ type, args, select }: ListQuery): Promise<void> {
    const entity = entityOf(this.#world, type);
    await this.#cursorsOf(entity, null, args);
    if (select.rows) await this.#cursorsOfRow(entity, select.rows);
  }

  async #cursorsOfRow(entity: Entity, select: RowSelect): Promise<void> {
    const target = (name: string) =>
      entityOf(this.#world, entity.relations.find((relation) => relation.name === name)!.target);
    for (const { relation, row } of select.one) await this.#cursorsOfRow(target(relation), row);
    for (const { relation, list } of select.many) {
      await this.#cursorsOf(target(relation), { parent: entity, relation }, list.args);
      if (list.select.rows) await this.#cursorsOfRow(target(relation), list.select.rows);
    }
  }

  async #cursorsOf(entity: Entity, via: { parent: Entity; relation: string } | null, args: ListArguments) {
    const list = via === null ? `Query.${entity.list}` : `${via.parent.type}.${via.relation}`;
    for (const boundary of [args.after, args.before]) {
      if (boundary === undefined) continue;
      const key = JSON.stringify([list, entity.type, boundary, args.orderBy]);
      if (!this.#cursors.has(key)) this.#cursors.set(key, await this.#fetchCursor(entity, via, boundary, args.orderBy));
    }
  }

  /** As a client gets it: from the edge of that very row. */
  async #fetchCursor(
    entity: Entity,
    via: { parent: Entity; relation: string } | null,
    boundary: number,
    orderBy: ListArguments['orderBy'],
  ): Promise<string> {
    const row = this.#world.rows[entity.type]![boundary]!;
    const declared = `$where: ${entity.type}Where, $orderBy: [${entity.type}OrderBy!]`;
    const edges = '(where: $where, orderBy: $orderBy, first: 1) { edges { cursor } }';
    const variables = { where: isRow(entity, row), orderBy };
    if (via === null) {
      const { data, errors } = await this.server.graphql(
        `query (${declared}) { it: ${entity.list}${edges} }`,
        variables,
      );
      return cursorIn(data?.it, errors);
    }
    const { parent, relation: name } = via;
    const relation = parent.relations.find((candidate) => candidate.name === name)!;
    const owner = this.#world.rows[parent.type]!.find((candidate) => this.#oracle.related.of(candidate, relation).includes(row))!; // biome-ignore format: one line
    const query = `query (${declared}, $parent: ${parent.type}Where) {
      parents: ${parent.list}(where: $parent, first: 1) { nodes { it: ${name}${edges} } }
    }`;
    const { data, errors } = await this.server.graphql(query, { ...variables, parent: isRow(parent, owner) });
    return cursorIn(data?.parents?.nodes[0]?.it, errors);
  }
}

function cursorIn(list: { edges: { cursor: string }[] } | null | undefined, errors: readonly unknown[]): string {
  const cursor = list?.edges[0]?.cursor;
  if (typeof cursor === 'string') return cursor;
  throw new Error(`Expected a cursor, but got ${JSON.stringify(list)} ${JSON.stringify(errors)}`);
}

const isRow = (entity: Entity, row: Row): Input =>
  Object.fromEntries(entity.primaryKey.map((name) => [name, { eq: row[name] }]));

const keyOf = (entity: Entity, row: Row): string => JSON.stringify(entity.primaryKey.map((name) => row[name]));
