import type { Model } from '../../../src/model/types.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import { compileNode } from '../../../src/shards/server/read/compile/compiled-node.ts';
import { textStatement } from '../../../src/shards/server/read/sql/text-rows.ts';
import { checkSqlLimits } from '../sql-limits.ts';

/** Which limits of production the statement has that writes the rows of a read, if there is one: local workerd has not all of them. */
export function limitsExceeded(model: Model, { plan, shape }: Read): string[] {
  if (shape === undefined) return [];
  const node = compileNode(model, plan.node);
  const confinement = node.shardKeyPosition < 0 ? 'one' : 'any';
  const variant = { varying: [], visibleOnly: false, confinement, fixedOrder: false } as const;
  const statement = textStatement(node, variant, JSON.parse(shape));
  return statement === null ? [] : checkSqlLimits(statement.sql);
}
