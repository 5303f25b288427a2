import { expect, it } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import shop from '../../../src/schema/model.ts';
import type { ShardReader } from '../../../src/shards/server/shard-state.ts';
import type { ReadSession } from '../../../src/shards/sql/sql-session.ts';
import { inNewShard } from './lab-shard.ts';

it('who only reads is given nothing to write with: the types say so', async () => {
  await inNewShard(shop, bundle, ({ state, session }) => {
    const reader: ShardReader = state;
    const reading: ReadSession = session;
    // @ts-expect-error A transaction is the commit's.
    expect(reader.storage).toBe(state.storage);
    // @ts-expect-error Versions are given by commits.
    expect(reader.clock.next()).toBeGreaterThan(0);
    // @ts-expect-error Slots are granted by the catalog.
    expect(reader.ownership.grant).toBeDefined();
    // @ts-expect-error Statements without rows write.
    reading.run('SELECT 1');
  });
});
