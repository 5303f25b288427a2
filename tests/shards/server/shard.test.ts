import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { ReadCall } from '../../../src/shards/plan/read.ts';
import { DEVELOPER, NEWEST_PROTOCOL, PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { ReadAnswer } from '../../../src/shards/protocol/read.ts';
import type { ShardRpc, ShardStatus } from '../../../src/shards/protocol/shard-rpc.ts';
import type { WriteAnswer } from '../../../src/shards/protocol/write.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { SLOT_COUNT, slotOf } from '../../../src/shards/slots.ts';
import { versionAt } from '../../../src/shards/version.ts';
import { nodeOf } from '../../support/plans.ts';
import { create, oneOfEach, shopRow, update } from './shop-rows.ts';

const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
const ALL_SLOTS = [[0, SLOT_COUNT - 1]] as const;
const slotOfT1 = slotOf('t:t1' as never);

let shards = 0;
const newShard = () => env.SHARD.getByName(`shard-test-${++shards}`);
const rpc = (stub: DurableObjectStub) => stub as unknown as ShardRpc;

async function newOwner(): Promise<DurableObjectStub> {
  const stub = newShard();
  await rpc(stub).setOwnedSlots(1, ALL_SLOTS);
  return stub;
}

const customerPlan = nodeOf({ table: 'Customer', match: ['tenantId', 'id'], columns: ['id', 'name', '#version'] });

const readCustomer = (id: string, tenantId = 't1'): ReadCall => ({
  plan: JSON.stringify(customerPlan),
  values: [],
  keys: [[tenantId, id]],
  shardKeys: [`t:${tenantId}` as ShardKey],
});

const page: PlanNode['page'] = {
  orderBy: ['tenantId', 'id'].map((column) => ({ column, descending: false, nullsFirst: true })),
  after: null,
  before: null,
  fromEnd: false,
  limit: 0,
  offset: null,
  rows: true,
  probeOtherSide: false,
  totalCount: true,
};

const allCustomers: ReadCall = {
  plan: JSON.stringify({ ...customerPlan, match: [], page }),
  values: [100],
  keys: [[]],
  shardKeys: null,
};

async function read(stub: DurableObjectStub, ...calls: readonly ReadCall[]): Promise<ReadAnswer> {
  const answer = fromJsonText(await rpc(stub).read(toJsonText({ ...envelope, calls })));
  if (answer.status !== 'OK') throw new Error(`Expected OK, but got ${JSON.stringify(answer)}.`);
  return answer;
}

const write = (stub: DurableObjectStub, operations: readonly unknown[], operationId: string = crypto.randomUUID()) =>
  rpc(stub).write({ ...envelope, operationId, shardKeys: ['t:t1' as ShardKey], operations: operations as never });

describe('a shard', () => {
  it('answers reads with the slots it spoke for and an asOf that covers every write before', async () => {
    const stub = await newOwner();
    const written = await write(stub, oneOfEach);
    const answer = await read(stub, readCustomer('c1'), readCustomer('nope'));
    expect(written).toMatchObject({ status: 'OK' });
    const { version, results } = written as WriteAnswer;
    expect(fromJsonText(results)).toEqual(oneOfEach.map(() => ({ outcomes: ['INSERTED'], rows: [] })));
    expect(answer.outcomes).toMatchObject([{ answers: [['c1', 'Ada', String(version)]] }, { answers: [null] }]);
    expect(answer.slots).toEqual(ALL_SLOTS);
    expect(answer.asOf).toBeGreaterThanOrEqual(version);
    expect(answer.counts.statements).toBeGreaterThan(0);
  });

  it('gives each commit a version beyond every asOf before it', async () => {
    const stub = await newOwner();
    await write(stub, oneOfEach);
    for (let round = 0; round < 20; round++) {
      const { asOf } = await read(stub, readCustomer('c1'));
      const answer = await write(stub, [update('Customer', 'c1', { name: `${round}` })]);
      expect((answer as { version: number }).version).toBeGreaterThan(asOf);
    }
  });

  it('keeps rows, versions, ownership and remembered operations when it is evicted', async () => {
    const stub = await newOwner();
    const first = await write(stub, oneOfEach, 'first');
    const before = await read(stub, readCustomer('c1'));
    await evictDurableObject(stub);
    const after = await read(stub, readCustomer('c1'));
    expect(after.outcomes).toMatchObject(before.outcomes);
    expect(after.slots).toEqual(before.slots);
    expect(after.asOf).toBeGreaterThanOrEqual(before.asOf);
    const again = (await write(stub, oneOfEach, 'first')) as WriteAnswer;
    const touched = (first as WriteAnswer).touched!;
    expect(again).toEqual({ ...first, counts: expect.anything(), touched: expect.anything() });
    // Which rows of them is forgotten with the first life; whoever caches must not be told of less.
    expect(again.touched!.toSorted()).toEqual(touched.map(([table]) => [table, null]).toSorted());
    const second = await write(stub, [update('Customer', 'c1', { name: 'Eve' })]);
    expect((second as { version: number }).version).toBeGreaterThan(after.asOf);
  });

  it('reads what a mutation returns once all its operations are applied; of a deleted row, before it goes', async () => {
    const stub = await newOwner();
    const select = { plan: JSON.stringify(customerPlan), values: [] };
    await write(stub, oneOfEach);
    const key = { columns: ['tenantId', 'id'], values: ['t1', 'c9'] };
    const remove = { kind: 'delete', table: 'Customer', key, within: null, expectedVersion: null, select };
    const answer = (await write(stub, [
      { ...create('Customer', { id: 'c9', email: 'nine' }), select },
      {
        kind: 'update',
        table: 'Customer',
        key,
        set: { name: 'Nine' },
        within: null,
        atomic: {},
        expectedVersion: null,
        select,
      },
    ])) as WriteAnswer;
    const nine = ['c9', 'Nine', String(answer.version)];
    expect(fromJsonText(answer.results)).toEqual([
      { outcomes: ['INSERTED'], rows: [nine] },
      { outcomes: ['UPDATED'], rows: [nine] },
    ]);
    expect(fromJsonText(((await write(stub, [remove])) as WriteAnswer).results)).toEqual([
      { outcomes: ['DELETED'], rows: [nine] },
    ]);
    const gone = (await write(stub, [
      { ...create('Customer', { id: 'c9', email: 'nine' }), select },
      remove,
    ])) as WriteAnswer;
    expect(fromJsonText(gone.results)).toEqual([
      { outcomes: ['INSERTED'], rows: [null] },
      { outcomes: ['DELETED'], rows: [['c9', 'Ada', String(gone.version)]] },
    ]);
    expect((await read(stub, readCustomer('c9'))).outcomes).toMatchObject([{ answers: [null] }]);
  });

  it('shows in a created row what later operations of the same write added below it', async () => {
    const stub = await newOwner();
    await write(stub, [create('Tenant')]);
    const orders: PlanNode = {
      ...customerPlan,
      table: 'Order',
      match: ['tenantId', 'customerId'],
      columns: ['id'],
      page,
    };
    const relations = [{ key: 'orders', from: ['tenantId', 'id'], node: orders }];
    const node: PlanNode = { ...customerPlan, columns: ['tenantId', 'id'], relations };
    const select = { plan: JSON.stringify(node), values: [10] };
    const answer = (await write(stub, [{ ...create('Customer'), select }, create('Order')])) as WriteAnswer;
    expect(JSON.parse(answer.results)).toMatchObject([
      { outcomes: ['INSERTED'], rows: [['t1', 'c1', { rows: [['o1']] }]] },
      { outcomes: ['INSERTED'], rows: [] },
    ]);
  });

  it('refuses a mutation whose answer could not be kept for a retry, and writes nothing', async () => {
    const stub = await newOwner();
    await write(stub, oneOfEach);
    const node: PlanNode = { ...customerPlan, columns: ['name', 'phone'] };
    const select = { plan: JSON.stringify(node), values: [] };
    // Quotes take two bytes in JSON: the row fits, its answer does not.
    const large = { ...create('Customer', { id: 'c9', email: 'nine', phone: '"'.repeat(1_200_000) }), select };
    expect(await write(stub, [large])).toMatchObject({ status: 'FAILED', error: { code: 'VALUE_TOO_LARGE' } });
    expect((await read(stub, readCustomer('c9'))).outcomes).toMatchObject([{ answers: [null] }]);
    expect(await write(stub, [{ ...large, select: null }])).toMatchObject({ status: 'OK' });
  });

  it('refuses calls that name a slot it does not own, each by itself', async () => {
    const stub = await newOwner();
    await write(stub, oneOfEach);
    await rpc(stub).setOwnedSlots(2, [[slotOfT1, slotOfT1]]);
    const answer = await read(stub, readCustomer('c1'), readCustomer('c1', 't2'));
    expect(answer.outcomes).toMatchObject([{ answers: [expect.anything()] }, { wrongShard: true }]);
    expect(answer.epoch).toBe(2);
    expect(answer.slots).toEqual([[slotOfT1, slotOfT1]]);
    expect(
      await rpc(stub).write({ ...envelope, operationId: 'x', shardKeys: ['t:t2' as ShardKey], operations: [] }),
    ).toMatchObject({
      status: 'WRONG_SHARD',
      epoch: 2,
    });
  });

  it('hides the rows of slots that it gave up, and shows them when they come back', async () => {
    const stub = await newOwner();
    await write(stub, oneOfEach);
    await rpc(stub).setOwnedSlots(2, [
      [0, slotOfT1 - 1],
      [slotOfT1 + 1, SLOT_COUNT - 1],
    ]);
    const [hidden] = (await read(stub, allCustomers)).outcomes;
    expect(hidden).toMatchObject({ answers: [{ rows: [], total: 0 }] });
    await evictDurableObject(stub);
    const [stillHidden] = (await read(stub, allCustomers)).outcomes;
    expect(stillHidden).toEqual(hidden);
    await rpc(stub).setOwnedSlots(3, ALL_SLOTS);
    const [shown] = (await read(stub, allCustomers)).outcomes;
    expect(shown).toMatchObject({ answers: [{ rows: [['c1', 'Ada', expect.any(String)]], total: 1 }] });
  });

  it('takes over the version of the shard that gave slots up, for good: it may itself be idle (V2)', async () => {
    const stub = newShard();
    const wait = versionAt(Date.now() + 3_600_000);
    expect(await rpc(stub).setOwnedSlots(5, ALL_SLOTS, wait)).toBe(wait);
    expect((await read(stub)).asOf).toBe(wait);
    await evictDurableObject(stub);
    expect((await read(stub)).asOf).toBe(wait);
    expect(await write(stub, [create('Tenant')])).toMatchObject({ status: 'OK', version: wait + 1 });
    expect(await rpc(stub).setOwnedSlots(6, [])).toBe(wait + 1);
  });

  it('tells of no moment before its installation began, and of any if it was added later: rows were on others then', async () => {
    const early = async (stub: DurableObjectStub) =>
      fromJsonText(await rpc(stub).read(toJsonText({ ...envelope, calls: [readCustomer('c1')], asOf: 1 })));
    expect(await early(await newOwner())).toMatchObject({ status: 'REFUSED', error: { code: 'BAD_USER_INPUT' } });
    const added = newShard();
    await rpc(added).setOwnedSlots(5, ALL_SLOTS);
    expect(await early(added)).toMatchObject({ status: 'OK', outcomes: [{ answers: [null] }] });
  });

  it('writes nothing when it starts, and reads as of its last commit', async () => {
    const stub = await newOwner();
    const { version } = (await write(stub, oneOfEach)) as WriteAnswer;
    const rows = () => runInDurableObject(stub, (_, { storage }) => [...storage.sql.exec('SELECT * FROM _clock')]);
    const before = await rows();
    await evictDurableObject(stub);
    expect((await read(stub, readCustomer('c1'))).asOf).toBe(version);
    expect(await rows()).toEqual(before);
  });

  it('ignores repeated and older grants, also after a restart', async () => {
    const stub = newShard();
    await rpc(stub).setOwnedSlots(5, [[10, 20]]);
    await rpc(stub).setOwnedSlots(5, [[0, 1]]);
    await rpc(stub).setOwnedSlots(4, ALL_SLOTS);
    expect((await read(stub)).slots).toEqual([[10, 20]]);
    await evictDurableObject(stub);
    await rpc(stub).setOwnedSlots(4, ALL_SLOTS);
    expect(await read(stub)).toMatchObject({ slots: [[10, 20]], epoch: 5 });
    await rpc(stub).setOwnedSlots(6, [
      [3, 4],
      [7, 9],
      [5, 5],
    ]);
    expect((await read(stub)).slots).toEqual([
      [3, 5],
      [7, 9],
    ]);
    await rpc(stub).setOwnedSlots(7, []);
    expect((await read(stub)).slots).toEqual([]);
  });

  it('refuses a newer protocol, to be tried again', async () => {
    const stub = await newOwner();
    const reply = await rpc(stub).read(toJsonText({ ...envelope, protocol: NEWEST_PROTOCOL + 1, calls: [] }));
    expect(fromJsonText(reply)).toMatchObject({
      status: 'REFUSED',
      error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
    });
  });

  it('does not begin what nobody waits for any more, as far as clocks can tell', async () => {
    const stub = await newOwner();
    const status = async (lateMs: number) => {
      const expiresAtMs = Date.now() - lateMs;
      const reply = fromJsonText(await rpc(stub).read(toJsonText({ ...envelope, calls: [], expiresAtMs })));
      return reply.status === 'REFUSED' ? `${reply.error.code} ${reply.error.details.retryable}` : reply.status;
    };
    expect(await status(-10_000)).toBe('OK');
    expect(await status(300)).toBe('OK');
    expect(await status(1_000)).toBe('DEADLINE_EXCEEDED true');
    expect(await status(50_000)).toBe('DEADLINE_EXCEEDED true');
    // By a clock that is hours off nothing can be told.
    expect(await status(3_600_000)).toBe('OK');
  });

  it('refuses a read of a newer release alone, to be tried again, and answers those beside it', async () => {
    const stub = await newOwner();
    await write(stub, [create('Tenant'), create('Customer')]);
    const narrower = { ...JSON.parse(allCustomers.plan), surprise: { keep: 'few' } };
    const otherwise = { ...allCustomers, surprise: 'not so' } as ReadCall;
    const { outcomes } = await read(stub, allCustomers, { ...allCustomers, plan: JSON.stringify(narrower) }, otherwise);
    const refused = { error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } } };
    expect(outcomes).toMatchObject([{ answers: [{ rows: [expect.anything()] }] }, refused, refused]);
  });

  it('refuses a write of a newer release, to be tried again, and writes nothing', async () => {
    const stub = await newOwner();
    const guarded = { ...create('Customer'), onlyIf: 'nobody is called so' } as never;
    expect(await write(stub, [create('Tenant'), guarded])).toMatchObject({
      status: 'FAILED',
      index: 1,
      error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
    });
    expect((await read(stub, allCustomers)).outcomes).toMatchObject([{ answers: [{ rows: [] }] }]);
  });

  it('imports rows and reports on itself', async () => {
    const stub = await newOwner();
    await write(stub, [create('Tenant')]);
    const row = shopRow('Product');
    const batch = { kind: 'import', table: 'Product', importId: null };
    const rows = JSON.stringify([Object.values(row)]);
    const answer = (await write(stub, [{ ...batch, columns: Object.keys(row), rows }])) as WriteAnswer;
    expect(answer.status).toBe('OK');
    expect(fromJsonText(answer.results)).toMatchObject([{ inserted: 1, failures: [] }]);
    const unknown = await write(stub, [{ ...batch, columns: ['nope'], rows: '[]' }]);
    expect(unknown).toMatchObject({
      status: 'FAILED',
      error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
    });
    const status = (countsRows: boolean) => rpc(stub).status({ protocol: PROTOCOL, countsRows });
    expect(await status(true)).toMatchObject({
      epoch: 1,
      figures: { migration: bundle.migrations.at(-1)!.tag, level: 'OK', rows: 2, restorableSince: 0 },
      rowsByTable: { Tenant: 1, Product: 1, Customer: 0 },
    });
    const { figures, rowsByTable } = (await status(false)) as ShardStatus;
    expect(rowsByTable).toBeNull();
    expect(figures.liveBytes).toBeGreaterThan(10_000);
    expect(figures.logBytes).toBeGreaterThan(200);
  });

  it('refuses everything until its migrations succeed, but still learns what it owns', async () => {
    const stub = newShard();
    await runInDurableObject(stub, (_shard, { storage }) => {
      storage.sql.exec("INSERT INTO _migrations (tag, hash, applied_at) VALUES ('9999_newer', 'x', 0)");
    });
    await rpc(stub).setOwnedSlots(1, ALL_SLOTS);
    const refused = { status: 'REFUSED', epoch: 1, error: { code: 'MIGRATION_FAILED' } };
    expect(fromJsonText(await rpc(stub).read(toJsonText({ ...envelope, calls: [] })))).toMatchObject(refused);
    expect(await write(stub, oneOfEach)).toMatchObject(refused);
    expect(await rpc(stub).status({ protocol: PROTOCOL })).toMatchObject(refused);
    await runInDurableObject(stub, (_shard, { storage }) => {
      storage.sql.exec('DELETE FROM _migrations');
    });
    await evictDurableObject(stub);
    expect(await write(stub, oneOfEach)).toMatchObject({ status: 'OK' });
  });
});
