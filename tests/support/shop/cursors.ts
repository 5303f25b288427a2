/** Fetches the cursors that a query needs before it is printed, as a client would: from the edge of that very row. */
import type { GraphQLAnswer } from '../graphql.ts';
import type { NodeIds } from './oracle.ts';
import { type ListSelection, orderToInput, type Query, type RowSelection } from './query.ts';
import type { Cursors } from './render.ts';
import type { Rows } from './rows.ts';
import { type TypeName, table } from './tables.ts';

type Relation = { parent: TypeName; name: string } | null;
type Ask = (query: string, variables: Record<string, unknown>) => Promise<GraphQLAnswer>;

export class FetchedCursors implements Cursors {
  readonly #rows: Rows;
  readonly #nodeIds: NodeIds;
  readonly #ask: Ask;
  readonly #cursors = new Map<string, string>();

  constructor(rows: Rows, nodeIds: NodeIds, ask: Ask) {
    this.#rows = rows;
    this.#nodeIds = nodeIds;
    this.#ask = ask;
  }

  get(type: TypeName, boundary: number, list: ListSelection, relation: Relation): string {
    return this.#cursors.get(cacheKey(type, boundary, list, relation))!;
  }

  async prepare(query: Query): Promise<void> {
    for (const root of query.roots) {
      if (root.kind === 'list') await this.#list(root.list, null);
      else await this.#row(root.row);
    }
  }

  async #row({ type, fields }: RowSelection): Promise<void> {
    for (const field of fields) {
      if (field.kind === 'one') await this.#row(field.row);
      if (field.kind === 'many') await this.#list(field.list, { parent: type, name: field.name });
    }
  }

  async #list(list: ListSelection, relation: Relation): Promise<void> {
    for (const boundary of [list.args.after, list.args.before]) {
      if (boundary !== undefined) await this.#fetch(list, boundary, relation);
    }
    if (list.nodes) await this.#row(list.nodes);
    if (list.edges) await this.#row(list.edges);
  }

  async #fetch(list: ListSelection, boundary: number, relation: Relation): Promise<void> {
    const key = cacheKey(list.type, boundary, list, relation);
    if (this.#cursors.has(key)) return;
    const of = table(list.type);
    const row = this.#rows[list.type][boundary]!;
    const where: Record<string, unknown> = { id: { eq: row.id } };
    if (of.shardKey !== 'id') where.tenantId = { eq: row[of.shardKey] };
    const orderBy = list.args.orderBy?.map(orderToInput);
    const declared = `($where: ${of.type}Where, $orderBy: [${of.type}OrderBy!]`;
    const edges = '(where: $where, orderBy: $orderBy, first: 1) { edges { cursor } }';
    let answer: GraphQLAnswer;
    if (relation === null) {
      answer = await this.#ask(`query ${declared}) { it: ${of.list}${edges} }`, { where, orderBy });
    } else {
      const parentTable = table(relation.parent);
      const { on } = parentTable.relations.find(({ name }) => name === relation.name)!;
      const parent = this.#rows[relation.parent].find((candidate) =>
        on.every(([from, to]) => candidate[from] === row[to]),
      )!;
      const query = `query ${declared}, $parent: ID!) {
        node(nodeId: $parent) { ... on ${relation.parent} { it: ${relation.name}${edges} } }
      }`;
      const parentId = this.#nodeIds.get(relation.parent, parent);
      answer = await this.#ask(query, { where, orderBy, parent: parentId });
    }
    const cursor = (answer.data?.it ?? answer.data?.node?.it)?.edges[0]?.cursor;
    if (typeof cursor !== 'string') {
      throw new Error(`Expected a cursor of ${JSON.stringify(where)}, but got ${JSON.stringify(answer)}`);
    }
    this.#cursors.set(key, cursor);
  }
}

const cacheKey = (type: TypeName, boundary: number, list: ListSelection, relation: Relation): string =>
  JSON.stringify([type, boundary, list.args.orderBy ?? null, relation]);
