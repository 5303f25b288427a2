/** Commits on the shop, each held to what holds of all of them. */
import { expect } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

export const inShop = <T>(test: (shard: LabShard) => T | Promise<T>, wallClock?: () => number) =>
  inNewShard(shop, bundle, test, wallClock);

/** Applies operations that must succeed; gives the version. */
export function succeed(shard: LabShard, ...operations: readonly RowOperation[]): number {
  const answer = shard.write('t:t1', operations);
  if (answer.status !== 'OK') throw new Error(`Expected OK, but got ${JSON.stringify(answer)}.`);
  return answer.version;
}

/** Applies operations of which one must fail, checks that nothing was written, and gives the failure. */
export function fail(shard: LabShard, ...operations: readonly RowOperation[]) {
  const before = shard.rows('SELECT * FROM _log');
  const clockBefore = shard.rows('SELECT * FROM _clock');
  const answer = shard.write('t:t1', operations);
  if (answer.status !== 'FAILED') throw new Error(`Expected FAILED, but got ${JSON.stringify(answer)}.`);
  expect(shard.rows('SELECT * FROM _log')).toEqual(before);
  expect(shard.rows('SELECT * FROM _clock')).toEqual(clockBefore);
  expect(answer.error.message).toMatch(/^Expected .* but got /);
  expect(answer.error.message).not.toMatch(/constraint failed|SQLITE|tenant_id|customer_id/);
  return { index: answer.index, code: answer.error.code, ...answer.error.details };
}
