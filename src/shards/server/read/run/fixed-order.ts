import type { WireValue } from '../../../../model/types.ts';
import type { Boundary } from '../../../plan/order.ts';
import { type ShardKey, shardKeyToWire } from '../../../shard-key.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import type { KeySet } from '../sql/key-set.ts';
import type { Scope } from '../sql/parameters.ts';

/**
 * Boundaries come from rows of the same key, unless a client mixes cursors: then the order columns that a key fixes
 * count like the others.
 */
export function fixesOrder(
  { page, match, through, table }: CompiledNode,
  { keys, varying }: KeySet,
  shardKeys: readonly ShardKey[] | null,
  values: Scope['values'],
): boolean {
  if (page === null) return true;
  const fixed = new Map<string, WireValue | undefined>();
  if (shardKeys?.length === 1) fixed.set(table.shardKey.name, shardKeyToWire(table.shardKey, shardKeys[0]!));
  if (through === null) {
    for (const [at, { name }] of match.entries()) fixed.set(name, varying.includes(at) ? undefined : keys[0]![at]);
  }
  const holds = (boundary: Boundary | null) =>
    page.orderBy.every(({ column }, at) => {
      const value = boundary?.[at];
      if (value === undefined || !fixed.has(column)) return true;
      return typeof value === 'number' && values[value] === fixed.get(column);
    });
  return holds(page.after) && holds(page.before);
}
