/** A running server that holds the given rows, and what it takes to compare its answers with expected ones. */
import { type Server, type ServerOptions, startServer } from '../server.ts';
import type { Walk } from './arbitrary-query.ts';
import { difference, shorten } from './compare.ts';
import { FetchedCursors } from './cursors.ts';
import { type Expected, NodeIds } from './oracle.ts';
import { type ListArguments, orderToInput, type Query } from './query.ts';
import { render } from './render.ts';
import { createRows, type Row, type Rows } from './rows.ts';
import { primaryKey, TABLES, type TypeName, table } from './tables.ts';

export type Way = 'forward' | 'backward';

export class LoadedShop {
  readonly server: Server;
  readonly rows: Rows;
  readonly nodeIds: NodeIds;
  readonly #cursors: FetchedCursors;

  private constructor(server: Server, rows: Rows, nodeIds: NodeIds) {
    this.server = server;
    this.rows = rows;
    this.nodeIds = nodeIds;
    this.#cursors = new FetchedCursors(rows, nodeIds, server.graphql);
  }

  static async start(rows: Rows, options: ServerOptions): Promise<LoadedShop> {
    const server = await startServer(options);
    try {
      await createRows(rows, server.graphql);
      return new LoadedShop(server, rows, await readNodeIds(server, rows));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Throws with query, variables and the first difference unless the server answers as expected. */
  async check(query: Query, expected: Expected): Promise<void> {
    await this.#cursors.prepare(query);
    const request = render(query, this.rows, this.nodeIds, this.#cursors);
    const got = await this.server.graphql(request.query, request.variables);
    const found = difference(expected, got);
    if (found !== null) {
      const variables = JSON.stringify(request.variables, null, 2);
      throw new Error(shorten(`${found}\n\n${request.query}\nvariables ${variables}`));
    }
  }

  /** Throws unless the pages of a list, walked to their end, show each row once and in order. */
  async checkWalk({ type, args, pageRows }: Walk, way: Way, rows: readonly Row[]): Promise<void> {
    const expected = rows.map((row) => this.nodeIds.get(type, row));
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page * pageRows <= expected.length; page++) {
      const { request, connection } = await this.#page(type, args, way, pageRows, cursor);
      const ids: string[] = connection.nodes.map((node: { nodeId: string }) => node.nodeId);
      if (way === 'forward') seen.push(...ids);
      else seen.unshift(...ids);
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = connection.pageInfo;
      const [more, less] = way === 'forward' ? [hasNextPage, hasPreviousPage] : [hasPreviousPage, hasNextPage];
      const facts = { more, less, total: connection.totalCount };
      const wanted = { more: seen.length < expected.length, less: page > 0, total: expected.length };
      if (JSON.stringify(facts) !== JSON.stringify(wanted)) {
        throw new Error(shorten(`Expected ${JSON.stringify(wanted)}, but got ${JSON.stringify(facts)}\n${request}`));
      }
      if (!more) break;
      cursor = way === 'forward' ? endCursor : startCursor;
    }
    if (JSON.stringify(seen) !== JSON.stringify(expected)) {
      const lists = `${JSON.stringify(expected)}, but got ${JSON.stringify(seen)}`;
      throw new Error(shorten(`Expected ${way} by ${pageRows}: ${lists}\n${type} ${JSON.stringify(args)}`));
    }
  }

  async #page(type: TypeName, args: ListArguments, way: Way, rows: number, cursor: string | null) {
    const of = table(type);
    const size = way === 'forward' ? 'first: $rows, after: $cursor' : 'last: $rows, before: $cursor';
    const query = `query ($where: ${type}Where, $orderBy: [${type}OrderBy!], $shardKey: ID, $rows: Int, $cursor: String) {
      it: ${of.list}(where: $where, orderBy: $orderBy, shardKey: $shardKey, ${size}) {
        totalCount nodes { nodeId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const variables = {
      where: args.where,
      orderBy: args.orderBy?.map(orderToInput),
      shardKey: args.tenant === undefined ? undefined : this.rows.Tenant[args.tenant]!.id,
      rows,
      cursor,
    };
    const answer = await this.server.graphql(query, variables);
    const request = `${query}\nvariables ${JSON.stringify(variables)}`;
    if (answer.errors.length > 0) throw new Error(shorten(`${JSON.stringify(answer.errors)}\n${request}`));
    return { request, connection: answer.data.it };
  }
}

async function readNodeIds(server: Server, rows: Rows): Promise<NodeIds> {
  const nodeIds = new NodeIds();
  for (const of of TABLES) {
    const byKey = new Map(rows[of.type].map((row) => [JSON.stringify(primaryKey(of).map((name) => row[name])), row]));
    const shardKey = of.shardKey === 'id' ? 'id' : 'tenantId';
    let after: string | null = null;
    do {
      const answer = await server.graphql(
        `query ($after: String) { all: ${of.list}(first: 100, after: $after) {
          nodes { nodeId id shardKey: ${shardKey} } pageInfo { hasNextPage endCursor }
        } }`,
        { after },
      );
      if (answer.errors.length > 0) throw new Error(`Expected ${of.list}, but got ${JSON.stringify(answer.errors)}`);
      for (const node of answer.data.all.nodes) {
        const row = byKey.get(JSON.stringify(of.shardKey === 'id' ? [node.id] : [node.shardKey, node.id]));
        if (row === undefined) throw new Error(`Expected a row that was created, but got ${JSON.stringify(node)}`);
        nodeIds.set(of.type, row, node.nodeId);
      }
      after = answer.data.all.pageInfo.hasNextPage ? answer.data.all.pageInfo.endCursor : null;
    } while (after !== null);
  }
  const total = Object.values(rows).reduce((sum, all) => sum + all.length, 0);
  const { length } = nodeIds.all;
  if (length !== total) throw new Error(`Expected ${total} different node ids, but got ${length}`);
  return nodeIds;
}
