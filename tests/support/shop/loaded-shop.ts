/** A running server that holds the given rows, and what it takes to compare its answers with the oracle's. */
import { type Server, type ServerOptions, startServer } from '../server.ts';
import { difference, shorten } from './compare.ts';
import { FetchedCursors } from './cursors.ts';
import { NodeIds, Oracle } from './oracle.ts';
import type { Query } from './query.ts';
import { render } from './render.ts';
import { createRows, type Rows } from './rows.ts';
import { primaryKey, TABLES } from './tables.ts';

export class LoadedShop {
  readonly server: Server;
  readonly rows: Rows;
  readonly nodeIds: NodeIds;
  readonly oracle: Oracle;
  readonly #cursors: FetchedCursors;

  private constructor(server: Server, rows: Rows, nodeIds: NodeIds) {
    this.server = server;
    this.rows = rows;
    this.nodeIds = nodeIds;
    this.oracle = new Oracle(rows, nodeIds);
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

  /** Throws with query, variables and the first difference unless the server answers as the oracle does. */
  async check(query: Query): Promise<void> {
    await this.#cursors.prepare(query);
    const request = render(query, this.rows, this.nodeIds, this.#cursors);
    const expected = this.oracle.answer(query);
    const got = await this.server.graphql(request.query, request.variables);
    const found = difference(expected, got);
    if (found !== null) {
      const variables = JSON.stringify(request.variables, null, 2);
      throw new Error(shorten(`${found}\n\n${request.query}\nvariables ${variables}`));
    }
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
  if (nodeIds.size !== total) throw new Error(`Expected ${total} different node ids, but got ${nodeIds.size}`);
  return nodeIds;
}
