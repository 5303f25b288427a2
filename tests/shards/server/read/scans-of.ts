import type { Model } from '../../../../src/model/types.ts';
import { buildSchema } from '../../../../src/schema/build-schema.ts';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import type { ShardClient } from '../../../../src/shards/client/shard-client.ts';
import type { AnswerOf } from '../../../../src/shards/plan/answer.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { Read } from '../../../../src/shards/plan/read.ts';
import type { ExplainedStatement } from '../../../../src/shards/protocol/shard-rpc.ts';
import { run } from '../../../resolvers/support/run.ts';
import { inDatabase, type LabDatabase, type WireRow } from './lab-database.ts';

/** The model as if an index had not been declared; the database then lacks it too. */
export function withoutIndex(model: Model, name: string): Model {
  const tables = model.tables.map((table) => ({
    ...table,
    indexes: table.indexes.filter((index) => index.name !== name),
  }));
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

/**
 * How the shards' statements for queries of the demo read all of something, by query, without repeats: `scan`, a whole
 * table; `tenant`, all rows of one; `sort`, to order what was read (not the last terms of an order alone). A page whose
 * order an index delivers is no such statement: it reads as far as it reaches.
 */
export async function scansOf(
  model: Model,
  queries: Readonly<Record<string, string>>,
): Promise<Record<string, readonly string[]>> {
  const schema = buildSchema(model);
  return inDatabase(model, bundle, async (database) => {
    fill(database);
    dropUndeclared(database);
    const scans: Record<string, readonly string[]> = {};
    let cursor = '';
    for (const [name, query] of Object.entries(queries)) {
      const client = new ExplainingClient(database);
      const { data, errors } = await run({ model, schema }, client, query.replace('<cursor>', cursor));
      if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
      cursor = Object.values<{ pageInfo?: { endCursor: string } } | null>(data)[0]?.pageInfo?.endCursor ?? cursor;
      scans[name] = [...new Set(client.explained.flatMap(scansOfStatement))];
    }
    return scans;
  });
}

/** Answers from one database, and keeps what SQLite says of each statement. */
class ExplainingClient implements Pick<ShardClient, 'read' | 'write'> {
  readonly explained: ExplainedStatement[] = [];
  readonly #database: LabDatabase;

  constructor(database: LabDatabase) {
    this.#database = database;
  }

  async read<Node extends PlanNode>({ plan: { node }, values, keys, shardKeys }: Read<Node>) {
    const call = { values, keys, shardKeys };
    this.explained.push(...this.#database.explain(node, call));
    return this.#database.run(node, call) as AnswerOf<Node>[];
  }

  write(): never {
    throw new Error('Expected queries alone.');
  }
}

const STEP =
  /^(SCAN|SEARCH) (\S+)(?: USING (?:COVERING )?(?:INDEX (\S+)|INTEGER PRIMARY KEY|PRIMARY KEY))?(?: \((.*)\))?/;

function scansOfStatement({ sql, queryPlan }: ExplainedStatement): string[] {
  const sorts = queryPlan.filter((line) => /^USE TEMP B-TREE FOR (ORDER|GROUP) BY/.test(line));
  // Of each tenant as many as the page has, at most.
  const isOfEachTenant = sql.includes('_heads') && queryPlan.every((line) => !/^SCAN t\b/.test(line));
  const isPage = /\bORDER BY\b.*\bLIMIT\b/s.test(sql) && (sorts.length === 0 || isOfEachTenant);
  const reads = queryPlan.flatMap((line) => {
    const [, step, alias, index, conditions = ''] = STEP.exec(line) ?? [];
    const table = step && tableOf(sql, alias!);
    if (!table) return [];
    if (step === 'SCAN') return [`scan ${table}${index ? ` by ${index}` : ''}`];
    return conditions === 'tenant_id=?' && !isPage ? [`tenant ${table}`] : [];
  });
  return [...reads, ...sorts.map((line) => `sort ${line.slice('USE TEMP B-TREE '.length).toLowerCase()}`)];
}

/** The table that an alias in a statement stands for; undefined for lists of values. */
const tableOf = (sql: string, alias: string): string | undefined =>
  new RegExp(`"(\\w+)" (?:AS )?${alias}\\b`).exec(sql)?.[1];

function dropUndeclared({ model, sql }: LabDatabase): void {
  const declared = new Set(model.tables.flatMap(({ indexes }) => indexes.map(({ name }) => name)));
  const found = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
  for (const { name } of found.toArray()) if (!declared.has(name)) sql.exec(`DROP INDEX "${name}"`);
}

/** Two tenants with rows in all tables: what is nested is read for rows alone. */
function fill(database: LabDatabase): void {
  const createdAt = '2026-01-15T00:00:00.000Z';
  for (const tenantId of ['t1', 't2']) {
    database.insert('Tenant', [{ id: tenantId, name: tenantId, plan: 'free', settings: '{}', createdAt }]);
    const rows = (make: (at: number) => WireRow) => [1, 2, 3].map((at) => ({ tenantId, ...make(at) }));
    database.insert('Customer', rows((at) => ({ id: `c${at}`, name: `C${at}`, email: `c${at}@x.test`, attributes: '{}', createdAt }))); // biome-ignore format: one line
    database.insert('Product', rows((at) => ({ id: `p${at}`, sku: `s${at}`, name: `P${at}`, priceCents: at, createdAt }))); // biome-ignore format: one line
    database.insert('Order', rows((at) => ({ id: `o${at}`, customerId: 'c1', status: 'paid', totalCents: at, shipping: '{}', createdAt }))); // biome-ignore format: one line
    database.insert('OrderItem', rows((at) => ({ id: `i${at}`, orderId: `o${at}`, productId: 'p1', quantity: at, unitPriceCents: 1 }))); // biome-ignore format: one line
    database.insert('Review', rows((at) => ({ id: `r${at}`, productId: 'p1', customerId: 'c1', rating: at, body: 'x', createdAt }))); // biome-ignore format: one line
  }
}
