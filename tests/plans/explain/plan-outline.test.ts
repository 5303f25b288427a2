import { expect, it } from 'vitest';
import { outlinePlan } from '../../../src/plans/explain/plan-outline.ts';
import { ShardQLError } from '../../../src/shards/errors.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import { run } from '../../resolvers/support/run.ts';
import { shop } from '../../resolvers/support/shop.ts';

async function outlineOf(query: string): Promise<readonly string[]> {
  const nodes: PlanNode[] = [];
  const read = async ({ plan }: Pick<Read, 'plan'>) => {
    nodes.push(plan.node);
    throw new ShardQLError('SHARD_UNAVAILABLE', 'Only what is asked matters here.');
  };
  await run(shop, { read, write: () => Promise.reject(new Error('no write')) }, query);
  expect(nodes).toHaveLength(1);
  return outlinePlan(nodes[0]!);
}

it('shows a lookup with a page below it', async () => {
  const lines = await outlineOf(`{ customer(by: { email: "secret@shop.test" }, shardKey: "t1") {
    name orders(where: { status: { eq: PAID }, OR: [{ note: { isNull: true } }, { totalCents: { between: [1, 2] } }] }, orderBy: [{ createdAt: DESC }], last: 3) { totalCount nodes { id } }
  } }`);
  expect(lines).toEqual([
    'one of Customer by tenantId, email',
    '  columns id, tenantId, name',
    '  relation orders of tenantId, id: page of Order by tenantId, customerId',
    '    where (status eq $0 and (note is null or totalCents between $1 and $2))',
    '    order by createdAt desc, tenantId, id last $3',
    '    total count',
    '    columns id',
  ]);
});

it('shows what filters, orders and aggregates of related rows are, and no value', async () => {
  const text = (
    await outlineOf(`{ orders(
      where: { NOT: { status: { in: [PAID] } }, customer: { name: { icontains: "secret" } }, itemsAggregate: { count: { gt: 3 } } }
      orderBy: [{ customer: { name: ASC } }, { note: ASC_NULLS_LAST }, { itemsAggregate: { sum: { quantity: DESC } } }]
      first: 7 offset: 5
    ) {
      nodes { id } aggregate { sum { totalCents } }
      groupBy(by: [{ field: STATUS }, { field: CREATED_AT, trunc: DAY }]) { count }
    } }`)
  ).join('\n');
  expect(text).toContain('page of Order\n');
  expect(text).toMatch(/where \(.*not status in \$\d/);
  expect(text).toMatch(/exists \(Customer by tenantId, id of tenantId, customerId where name icontains \$\d\)/);
  expect(text).toMatch(/= count\(\*\) of \(OrderItem by /);
  expect(text).toMatch(/= sum\(quantity\) of \(OrderItem by /);
  expect(text).toMatch(/order by #\S+, note nulls last, #\S+ desc, tenantId, id first \$\d+ offset \$\d+/);
  expect(text).toContain('aggregate count(*), sum(totalCents)');
  expect(text).toContain('groups by status, DAY(createdAt): count(*)');
  expect(text).not.toContain('secret');
});

it('shows a search', async () => {
  const text = (await outlineOf('{ products(search: "secret") { edges { rank node { id } } } }')).join('\n');
  expect(text).toMatch(/search \$\d/);
  expect(text).toContain('with #rank of the search');
  expect(text).not.toContain('secret');
});
