import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { ReadCall } from '../../../../src/shards/plan/read.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { ReadAnswer } from '../../../../src/shards/protocol/read.ts';
import { answerReads } from '../../../../src/shards/server/answer-reads.ts';
import { Freshness } from '../../../../src/shards/server/freshness/freshness.ts';
import { grantSlots } from '../../../../src/shards/server/placement/grant-slots.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../../../src/shards/slots.ts';
import { versionAt } from '../../../../src/shards/version.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { create, oneOfEach, remove, shopRow, update } from '../shop-rows.ts';

const node = (table: string, relations: PlanNode['relations'] = []): PlanNode =>
  nodeOf({ table, match: table === 'Tenant' ? ['id'] : ['tenantId', 'id'], relations });

function read(shard: LabShard, plan: PlanNode, shardKeys: readonly string[] | null) {
  const keys = [plan.match.map(() => 'none')];
  const calls = [{ plan: JSON.stringify(plan), values: [], keys, shardKeys: shardKeys as ReadCall['shardKeys'] }];
  const reply = fromJsonText(
    answerReads(shard.state, shard.session, { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, calls }),
  );
  const { asOf, outcomes } = reply as ReadAnswer;
  return { asOf, changed: (outcomes[0] as { changed: readonly number[] }).changed };
}

const versionOf = (answer: ReturnType<LabShard['write']>): number => {
  if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
  return answer.version;
};

/** The same database after a start. */
const restarted = (shard: LabShard) =>
  new LabShard(
    {
      ...shard.state,
      freshness: new Freshness(shard.session, {
        model,
        wallClock: shard.state.wallClock,
        schedule: () => {},
        publishes: true,
        isNew: false,
      }),
    },
    'restarted',
  );

describe('changed', () => {
  it('is the version of the last commit to the tables of the plan, per shard key', () =>
    inNewShard(model, bundle, (shard) => {
      const all = versionOf(shard.write('t:t1', oneOfEach));
      const other = versionOf(shard.write('t:t2', [create('Tenant', { id: 't2' })]));
      const product = versionOf(shard.write('t:t1', [update('Product', 'p1', { name: 'New' })]));
      expect(read(shard, node('Customer'), ['t:t1']).changed).toEqual([all]);
      expect(read(shard, node('Product'), ['t:t1']).changed).toEqual([product]);
      expect(read(shard, node('Tenant'), ['t:t2', 't:t1', 't:t3']).changed).toEqual([other, all, 0]);
      const order = node('Order', [{ key: 'p', from: ['id'], node: node('Product') }]);
      expect(read(shard, { ...order, columns: ['tenantId', 'id'], relations: [] }, ['t:t1']).changed).toEqual([all]);
      const nested = {
        ...order,
        columns: ['tenantId', 'id'],
        relations: [{ key: 'p', from: ['tenantId', 'id'], node: node('Product') }],
      };
      expect(read(shard, nested, ['t:t1']).changed).toEqual([product]);
      expect(read(shard, node('Tenant'), null).changed).toEqual([other]);
      expect(read(shard, node('Product'), null).changed).toEqual([product]);
    }));

  it('sees what cascades and imports change', () =>
    inNewShard(model, bundle, (shard) => {
      versionOf(shard.write('t:t1', oneOfEach));
      const deleted = versionOf(shard.write('t:t1', [remove('Order', 'o1')]));
      expect(read(shard, node('OrderItem'), ['t:t1']).changed).toEqual([deleted]);
      const rows = ['t8', 't9'].map((id) => Object.values(shopRow('Tenant', { id })));
      const imported = shard.import('Tenant', Object.keys(shopRow('Tenant')), rows);
      if (imported.status !== 'OK') throw imported;
      expect(read(shard, node('Tenant'), ['t:t8', 't:t9']).changed).toEqual([imported.version, imported.version]);
    }));

  it('F13: is not moved by a write that fails', () =>
    inNewShard(model, bundle, (shard) => {
      const all = versionOf(shard.write('t:t1', oneOfEach));
      const failed = shard.write('t:t1', [update('Product', 'p1', { name: 'New' }), create('Product', { id: 'p1' })]);
      expect(failed.status).toBe('FAILED');
      expect(read(shard, node('Product'), ['t:t1']).changed).toEqual([all]);
    }));

  it('is an upper bound after a start, which reads nothing of what was changed before', () =>
    inNewShard(model, bundle, (shard) => {
      versionOf(shard.write('t:old', [create('Tenant', { id: 'old' })]));
      const last = versionOf(shard.write('t:t1', [create('Tenant')]));
      const woken = restarted(shard);
      const { changed, asOf } = read(woken, node('Tenant'), ['t:t1', 't:old', 't:unknown']);
      expect([changed, asOf]).toEqual([[last, last, last], last]);
      expect(read(woken, node('Order'), null).changed).toEqual([last]);
      const next = versionOf(woken.write('t:t1', [create('Product', { id: 'p1' })]));
      expect(read(woken, node('Product'), ['t:t1', 't:old']).changed).toEqual([next, last]);
    }));

  it('is an upper bound for all shard keys once slots have come from another shard', () =>
    inNewShard(model, bundle, (shard) => {
      const { asOf } = read(shard, node('Tenant'), null);
      // The giver's clock was an hour ahead.
      const least = versionAt(Date.now() + 3_600_000);
      grantSlots(shard.state, 7, [[0, SLOT_COUNT - 1]], least, []);
      const after = read(shard, node('Tenant'), ['t:t1']);
      expect(after.changed[0]).toBeGreaterThanOrEqual(asOf);
      expect(after).toMatchObject({ changed: [least], asOf: least });
      expect(shard.state.freshness.stampsOf('t:t1' as ShardKey).floor).toBe(least);
      expect(versionOf(shard.write('t:t1', [create('Tenant')]))).toBeGreaterThan(least);
    }));
});
