/** Plans that search the shop's products. */

import { expect } from 'vitest';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import { RANK_COLUMN } from '../../../../src/shards/plan/computed.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import type { NodeDraft } from '../../../support/plans.ts';
import { checkSqlLimits } from '../../../support/sql-limits.ts';
import type { LabShard } from '../lab-shard.ts';
import { plan } from './lab-database.ts';

const ascending = (column: string): OrderTerm => ({ column, descending: false, nullsFirst: true });
const BEST_FIRST: OrderTerm[] = [
  { column: RANK_COLUMN, descending: true, nullsFirst: false },
  ascending('tenantId'),
  ascending('id'),
];

/** Values: the search, the page's limit, then those of the boundary. */
export const searchPlan = (
  changes: Partial<NodeDraft> = {},
  page: Partial<NonNullable<PlanNode['page']>> = {},
): PlanNode =>
  plan({
    table: 'Product',
    columns: ['id', 'tenantId', RANK_COLUMN],
    computed: [{ kind: 'rank', name: RANK_COLUMN }],
    search: { query: 0, columns: ['name', 'description'] },
    page: {
      orderBy: BEST_FIRST,
      after: null,
      before: null,
      fromEnd: false,
      limit: 1,
      offset: null,
      rows: true,
      probeOtherSide: false,
      totalCount: true,
      ...page,
    },
    ...changes,
  });

/** Runs the plan over all shard keys, or confined to one, and checks the SQL it takes. */
export const run = (shard: LabShard, node: PlanNode, values: readonly unknown[], tenant: string | null) => {
  const call = {
    plan: JSON.stringify(tenant === null ? node : { ...node, match: ['tenantId'] }),
    values: values as never,
    keys: [tenant === null ? [] : [tenant]],
    shardKeys: tenant === null ? null : [`t:${tenant}` as ShardKey],
  };
  for (const { sql } of shard.state.plans.explain(shard.session, call, { visibleOnly: false })) {
    expect(checkSqlLimits(sql)).toEqual([]);
  }
  return shard.state.plans.run(shard.session, call, { visibleOnly: false })[0] as PageAnswer;
};
