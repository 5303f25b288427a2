/** F18: a row is created where its absence was cached. STRONG and SESSION see it at once, CACHED after the invalidation. */
import { expect, it } from 'vitest';
import { rowBucket } from '../../src/shards/stamps.ts';
import { CACHED, LabCache, STRONG, session } from '../support/cache/lab-cache.ts';
import { customerById, tenantKey } from '../support/cache/reads.ts';

const NOBODY = customerById('one', 'c1', ['name']);

it('absence that is cached does not outlive the creation', async () => {
  const lab = new LabCache();
  lab.answer = null;
  const isolate = lab.isolate({ recheckMs: 0, kvFillReads: 1 });
  expect((await isolate.read(NOBODY, CACHED)).answer).toBeNull();

  const columns = lab.model.table('Customer').columns.map(({ name }) => name);
  const created = [...columns, '7'];
  await lab.change(created, tenantKey('one'), {
    Customer: { buckets: new Map([[rowBucket(['one', 'c1']), lab.version + 4_096]]) },
  });

  const elsewhere = lab.isolate();
  expect((await isolate.read(NOBODY, CACHED)).answer).toBeNull();
  expect((await isolate.read(NOBODY, STRONG)).answer).not.toBeNull();
  expect((await isolate.read(NOBODY, session(lab.changed))).answer).toEqual(['name']);
  // A location that has not looked at the stamps before sees them now; the other one when its copy is over.
  expect(await elsewhere.read(NOBODY, CACHED)).toMatchObject({ answer: ['name'], source: 'shard' });
  await lab.clock.advance(30_000);
  expect((await isolate.read(NOBODY, CACHED)).answer).toEqual(['name']);
});
