import { ShardQLError } from '../../../shards/errors.ts';

/** What to warm: all rows under a shard key, single rows, or what a query reads. */
export type WarmRequest =
  | {
      readonly kind: 'rows';
      readonly table: string;
      readonly shardKey: unknown;
      readonly ids: readonly unknown[] | null;
    }
  | { readonly kind: 'nodes'; readonly nodeIds: readonly string[] }
  | {
      readonly kind: 'query';
      readonly query: string;
      readonly variables: Readonly<Record<string, unknown>>;
      readonly operationName: string | null;
    };

/** Rows that one request may name. */
const MAX_IDS = 1_000;

/** Members by the one that decides the kind of request. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  table: ['table', 'shardKey', 'ids'],
  nodeIds: ['nodeIds'],
  query: ['query', 'variables', 'operationName'],
};

/** @throws ShardQLError BAD_USER_INPUT for a body that asks for nothing, or has unknown members. */
export function parseWarmRequest(text: string): WarmRequest {
  const body = parseObject(text);
  const kind = Object.keys(MEMBERS).find((name) => name in body);
  if (kind === undefined) throw bad('a body with table, nodeIds or query', 'none of them');
  const unknown = Object.keys(body).find((name) => !MEMBERS[kind]!.includes(name));
  if (unknown !== undefined) throw bad(`beside ${kind} only ${MEMBERS[kind]!.join(', ')}`, `"${unknown}"`);
  switch (kind) {
    case 'table':
      return rowsRequest(body);
    case 'nodeIds':
      return { kind: 'nodes', nodeIds: listOf(body, 'nodeIds', (id): id is string => typeof id === 'string') };
    default:
      return queryRequest(body);
  }
}

type Body = Readonly<Record<string, unknown>>;

function rowsRequest(body: Body): WarmRequest {
  const { table, shardKey, ids } = body;
  if (typeof table !== 'string') throw bad('table to be a text', JSON.stringify(table));
  if (ids !== undefined) return { kind: 'rows', table, shardKey, ids: listOf(body, 'ids', isId) };
  if (shardKey !== undefined && shardKey !== null) return { kind: 'rows', table, shardKey, ids: null };
  throw bad('table with a shardKey, with ids, or with both', 'neither');
}

function queryRequest({ query, variables = null, operationName = null }: Body): WarmRequest {
  if (typeof query !== 'string') throw bad('query to be the text of a GraphQL document', JSON.stringify(query));
  if (variables !== null && !isObject(variables)) throw bad('variables to be an object', JSON.stringify(variables));
  if (operationName !== null && typeof operationName !== 'string') {
    throw bad('operationName to be a text', JSON.stringify(operationName));
  }
  return { kind: 'query', query, variables: (variables ?? {}) as Body, operationName };
}

const isId = (id: unknown): id is unknown => typeof id === 'string' || typeof id === 'number' || isObject(id);

function listOf<Item>(body: Body, name: string, isItem: (item: unknown) => item is Item): readonly Item[] {
  const list = body[name];
  if (!Array.isArray(list) || !list.every(isItem)) throw bad(`${name} to be a list of ids`, 'something else');
  if (list.length >= 1 && list.length <= MAX_IDS) return list;
  throw bad(`${name} to be 1 to ${MAX_IDS} ids`, `${list.length}`);
}

function parseObject(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // No JSON: refused below.
  }
  throw bad('a JSON object', 'another text');
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (expected: string, got: string): ShardQLError =>
  new ShardQLError('BAD_USER_INPUT', `Expected ${expected}, but got ${got}.`);
