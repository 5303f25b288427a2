/** Every source of rows in the plan of an operation says which rows the caller may see, however deep it is. */
import { execute, type GraphQLSchema, getOperationAST, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/types.ts';
import { type AccessRules, FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import type { IdSet } from '../../src/plans/filter/id-set.ts';
import type { NodePlan } from '../../src/plans/node-plan.ts';
import { allReads, readsOf } from '../../src/plans/operation-plan.ts';
import { PlanCache } from '../../src/plans/plan-cache.ts';
import { PlanValues } from '../../src/plans/plan-values.ts';
import { explainOperation } from '../../src/resolvers/explain/explain-operation.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import type { CompiledPlan } from '../../src/shards/plan/compiled-plan.ts';
import type { Read } from '../../src/shards/plan/read.ts';
import type { Access, Source } from '../../src/shards/plan/source.ts';
import { visitPlan } from '../../src/shards/plan/visit-plan.ts';
import { DEVELOPER } from '../../src/shards/protocol/envelope.ts';
import crossShard from '../models/cross-shard/model.ts';
import { FakeShardClient } from '../resolvers/support/fake-shard-client.ts';
import { projects } from '../resolvers/support/projects.ts';
import { shop } from '../resolvers/support/shop.ts';
import { openLabReader } from '../support/cache/lab-reader.ts';

interface Api {
  readonly model: Model;
  readonly schema: GraphQLSchema;
}

const flights: Api = { model: crossShard, schema: buildSchema(crossShard) };

const rulesOf = (model: Model, key: string): AccessRules => {
  const ruleByTable = new Map<string, Access>(
    model.tables.map(({ typeName, shardKey }) => [typeName, { op: 'isNull', column: shardKey.name, isNull: false }]),
  );
  return { ...FULL_ACCESS, key, of: (table) => ruleByTable.get(table)! };
};

const planned = ({ schema }: Api, plans: PlanCache, query: string, rules: AccessRules) => {
  const document = parse(query);
  const fragments = Object.fromEntries(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  return plans.plan({ schema, operation: getOperationAST(document)!, fragments, variableValues: {} }, rules);
};

const nodesOf = (idSets: readonly IdSet[]): CompiledPlan[] =>
  idSets.flatMap(({ plan, inner }) => [plan, ...nodesOf(inner)]);

const linksOf = (plan: NodePlan): CompiledPlan[] =>
  (plan.kind === 'one' ? [plan.view] : [...plan.views.values()]).flatMap(({ relations }) =>
    [...relations.values()].flatMap((relation) => (relation.kind === 'through' ? [relation.links.plan] : [])),
  );

const CASES: readonly (readonly [what: string, query: string, api: Api])[] = [
  [
    'related rows, filters and orders in one shard',
    `{ customers(where: { orders: { some: { items: { none: { quantity: { gt: 1 } } } } } }, orderBy: [{ ordersAggregate: { max: { totalCents: DESC } } }]) {
        aggregate { count } nodes { orders(where: { itemsAggregate: { count: { gt: 1 } } }) { nodes { customer { name } } } } } }`,
    shop,
  ],
  ['a row, and what a write shows of it', 'mutation { deleteOrder(by: { id: "1" }) { items { totalCount } } }', shop],
  [
    'relations and filters across shards',
    `{ routes(where: { source: { country: { eq: "DE" } }, planes: { some: { code: { eq: "x" } } } }) {
        nodes { source { name } planes { nodes { name } } } } }`,
    flights,
  ],
];

/** All sources of rows in the plan of an operation, id sets and links included. */
function sourcesOf(api: Api, query: string, rules: AccessRules): Source[] {
  const { plan } = planned(api, new PlanCache(api.model), query, rules);
  const reads = [...plan.fields.values()].flatMap(readsOf).flatMap(allReads);
  const compiled = reads.flatMap((read) => [read.plan.compiled, ...nodesOf(read.idSets), ...linksOf(read.plan)]);
  const sources: Source[] = [];
  for (const { node } of compiled) visitPlan(node, { source: (source) => sources.push(source) });
  expect(sources.length).toBeGreaterThan(1);
  return sources;
}

it.each([
  [
    'related rows, filters and orders in one shard',
    `{ tasks(where: { comments: { some: { body: { eq: "" } } }, labels: { none: { id: { eq: "x" } } }, project: { slug: { eq: "s" } } }, orderBy: [{ commentsAggregate: { count: DESC } }, { project: { name: ASC } }]) {
        totalCount groupBy(by: [{ field: TITLE }]) { count }
        nodes { parent { id } labels { totalCount } subtasks(where: { commentsAggregate: { count: { gt: 1 } } }) { nodes { files { nodes { task { id } } } } } } } }`,
  ],
  [
    'relations and filters across shards',
    `{ people(where: { watched: { some: { title: { eq: "x" } } }, tasks: { none: { project: { name: { eq: "x" } } } } }) {
        nodes { watched(where: { watchers: { some: { name: { eq: "x" } } }, assignee: { name: { eq: "x" } } }) { nodes { watchers { nodes { tasks { totalCount } } } } } } } }`,
  ],
  [
    'rows by key, and what writes show of them',
    'mutation { restoreTask(by: { id: "1" }) { comments { nodes { task { id } } } } deleteProject(by: { id: "1" }) { tasks { totalCount } } }',
  ],
])('deleted rows are hidden in %s', (_, query) => {
  for (const { table, hiddenBy } of sourcesOf(projects, query, rulesOf(projects.model, 'some'))) {
    const { softDelete } = projects.model.table(table);
    expect([table, hiddenBy]).toEqual([table, softDelete?.name ?? null]);
  }
});

describe('access', () => {
  it.each(CASES.map(([what, query, api]) => ({ what, query, api })))('is said by $what', ({ query, api }) => {
    const rules = rulesOf(api.model, 'some');
    for (const { table, access } of sourcesOf(api, query, rules)) {
      expect(access, table).toBe(rules.of(table, new PlanValues()));
    }
  });

  it('tells remembered plans apart', () => {
    const plans = new PlanCache(shop.model);
    const document = parse('{ orders { nodes { id } } }');
    const running = { schema: shop.schema, operation: getOperationAST(document)!, fragments: {} };
    const planOf = (key: string) => plans.plan({ ...running, variableValues: {} }, rulesOf(shop.model, key)).plan;
    expect(planOf('some')).toBe(planOf('some'));
    expect(planOf('others')).not.toBe(planOf('some'));
  });

  it.each(['run', 'explained'])('comes from the context of the request that is %s', async (how) => {
    const access = rulesOf(shop.model, 'some');
    const seen: Access[] = [];
    const noted = ({ plan }: Read) => void visitPlan(plan.node, { source: (source) => seen.push(source.access) });
    const shards = new FakeShardClient(shop.model);
    const explain = async (read: Read) => {
      noted(read);
      return { shards: [], shardCount: 1, statements: [] };
    };
    const reader = openLabReader(shop.model, {
      read: async (read: Read) => {
        noted(read);
        return await shards.read(read);
      },
    } as never);
    const context = {
      model: shop.model,
      shards: { explain } as never,
      reader,
      caller: DEVELOPER,
      access,
      requestId: 'r',
    };
    const document = parse('{ customers { nodes { orders { nodes { id } } } } }');
    const operation = getOperationAST(document)!;
    if (how === 'run') await execute({ schema: shop.schema, document, contextValue: context });
    else
      await explainOperation(context, { schema: shop.schema, operation, fragments: {}, variableValues: {} as never });
    expect(seen).toEqual([access.of('Customer', new PlanValues()), access.of('Order', new PlanValues())]);
  });
});
