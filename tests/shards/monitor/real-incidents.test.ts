/**
 * Incidents of a deployment whose parts are real: requests go through a Worker to its shards, what they report reaches the monitor, and
 * within a minute it names tenant, operation and remedy. See `incidents.test.ts` for the same from reports made by hand.
 */
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineExtensions } from '../../../src/schema/extend/define-extensions.ts';
import demo from '../../../src/schema/model.ts';
import { MapKv } from '../../support/cache/map-kv.ts';
import { bundleWith, migrationsOf } from '../../support/create-tables.ts';
import { IncidentLab, keyOf } from '../../support/monitor/incident-lab.ts';

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(() => void vi.restoreAllMocks());

const ISSUER = {
  jwt: {
    ...{
      keys: { secret: 's'.repeat(32) },
      algorithms: ['HS256'],
      issuer: 'https://issuer.example.com',
      audience: 'shop',
    },
  },
};

/** Signed with a key that the Worker does not have: the issuer has another since. */
const tokenOfNewKey = (): Promise<string> =>
  new SignJWT({ role: 'customer' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER.jwt.issuer)
    .setAudience(ISSUER.jwt.audience)
    .setExpirationTime(Date.now() / 1_000 + 3_600)
    .sign(new TextEncoder().encode('n'.repeat(32)));

const times = (count: number, work: (time: number) => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, time) => work(time)));

/** Where the rows of `acme` are. */
const shardOf = ({ worker }: IncidentLab): string => worker.shardNames[worker.shardOf(keyOf('acme'))]!;

describe('an incident of real parts is named within a minute', () => {
  it('a hot tenant', async () => {
    // Far fewer than by default, so that a test can ask for more.
    const lab = new IncidentLab({ router: { maxInFlightPerShard: 8, maxInFlightPerShardKey: 8 } });
    await lab.begin(1);
    const firing = await lab.untilFiring(async () => {
      await lab.usual();
      await times(60, (time) => lab.read('acme', `Nobody ${time}`));
    });
    expect(firing).toMatchObject([
      {
        ...{ rule: 'overload', subject: shardOf(lab), remedy: expect.stringMatching(/limit its requests/) },
        evidence: { shardKey: keyOf('acme'), operation: 'Customers' },
      },
    ]);
  });

  it('an index that is missing', async () => {
    const lab = new IncidentLab({ monitoring: { slowRowsRead: 500 } });
    await lab.begin(1);
    const rows = Array.from(
      { length: 600 },
      (_, at) => `{ tenantId: "acme", name: "N${at}", email: "e${at}@x", attributes: {}, phone: "${at}" }`,
    );
    for (let at = 0; at < 600; at += 100) {
      const { errors } = await lab.worker.graphql(
        `mutation { createCustomers(data: [${rows.slice(at, at + 100).join()}]) { affectedCount } }`,
      );
      expect(errors).toEqual([]);
    }
    await lab.pass(() =>
      lab.worker.graphql(
        'query ByPhone($phone: String!) { customers(shardKey: "acme", where: { phone: { eq: $phone } }, first: 20) { totalCount nodes { id } } }',
        { phone: '7' },
      ),
    );
    expect(await lab.monitor.rpc.advice()).toMatchObject([
      {
        ...{ kind: 'MISSING_INDEX', table: 'Customer', operation: 'ByPhone', shardKey: keyOf('acme') },
        remedy: expect.stringMatching(/index/),
        index: { columns: ['tenantId', 'phone'] },
      },
    ]);
  });

  it('invalidations that lag', async () => {
    const KV = new MapKv() as never;
    const lab = new IncidentLab({
      ...{ cache: { kvDistanceMs: 0, kvFillReads: 1 }, bindings: { KV }, shardBindings: { KV } },
    });
    await lab.begin(0);
    // What is read does not change, so that it is kept in KV, and every change under its shard key is published.
    const traffic = async () => {
      await lab.worker.graphql('query Tenant @consistency(mode: CACHED) { tenant(by: { id: "acme" }) { name } }');
      await lab.usual();
      lab.nowMs += 2_000;
      await lab.create('acme');
    };
    for (let step = 0; step < 6; step++) await lab.pass(traffic);
    expect((await lab.monitor.rpc.totals()).queue.batches).toBeGreaterThan(0);
    expect((await lab.monitor.rpc.alerts()).alerts).toEqual([]);
    lab.isPaused = true;
    const firing = await lab.untilFiring(traffic);
    expect(firing).toMatchObject([
      {
        ...{ rule: 'invalidation-lag', remedy: expect.stringMatching(/its consumer is bound/) },
        evidence: { shard: shardOf(lab), shardKey: keyOf('acme'), operation: 'CreateCustomer' },
      },
    ]);
  });

  it('a bulk that ran away', async () => {
    // Fewer than by default, so that a test can write as many.
    const lab = new IncidentLab({ rules: { 'write-surge': { rowsPerSecond: 20 } } });
    await lab.begin(11);
    const firing = await lab.untilFiring(async () => {
      await lab.usual();
      const rows = Array.from(
        { length: 100 },
        () => `{ tenantId: "acme", name: "Copy", email: "${crypto.randomUUID()}", attributes: {} }`,
      );
      await lab.worker.graphql(`mutation CopyAll { createCustomers(data: [${rows.join()}]) { affectedCount } }`);
    });
    expect(firing).toMatchObject([
      {
        ...{ rule: 'write-surge', remedy: expect.stringMatching(/^Stop the program/) },
        evidence: { shard: shardOf(lab), shardKey: keyOf('acme'), operation: 'CopyAll' },
      },
    ]);
  });

  it('a shard that fills', async () => {
    const lab = new IncidentLab({ capacity: { warnBytes: 1_500_000, planBytes: 3_000_000, fullBytes: 4_000_000 } });
    await lab.begin(1);
    const firing = await lab.untilFiring(async () => {
      await lab.usual();
      await times(4, () => lab.create('acme', { photo: 'x'.repeat(100_000) }));
    });
    expect(firing).toMatchObject([
      {
        ...{ rule: 'capacity', subject: shardOf(lab), remedy: expect.stringMatching(/Delete or purge rows/) },
        evidence: { shardKey: keyOf('acme'), operation: 'CreateCustomer' },
      },
    ]);
  });

  it('tokens that fail', async () => {
    const lab = new IncidentLab();
    await lab.begin(1);
    // Of a deployment, where callers need tokens.
    lab.isolate = lab.worker.isolate({ authenticate: ISSUER }, { SHARDQL_DEVELOPMENT: 'false' });
    const authorization = `Bearer ${await tokenOfNewKey()}`;
    const firing = await lab.untilFiring(() =>
      times(20, () =>
        lab.isolate.graphql(
          'query Mine { customers(shardKey: "acme", first: 1) { nodes { id } } }',
          {},
          { authorization },
        ),
      ),
    );
    // Whoever is denied is not asked for a tenant or an operation: the document is not read.
    expect(firing).toMatchObject([
      {
        rule: 'authentication',
        remedy: expect.stringMatching(/the issuer has changed its keys/),
        evidence: { operation: '/graphql' },
      },
    ]);
  });

  it('a poison message', async () => {
    const lab = new IncidentLab();
    await lab.begin(1);
    // The platform's queue is not here: it moves a message that was retried too often to the queue of dead letters, which the Worker consumes.
    const firing = await lab.untilFiring(async () => {
      await lab.usual();
      await lab.worker.queue('shardql-dead-letters', [{ id: 'm1', body: { nonsense: true } }]);
    });
    expect(firing).toMatchObject([
      {
        ...{ rule: 'dead-letters', remedy: expect.stringMatching(/dead-letters/) },
        evidence: { shardKey: keyOf('acme'), operation: 'CreateCustomer' },
      },
    ]);
  });

  it('a cold cache', async () => {
    // Fewer than by default, so that a test can ask as often.
    const lab = new IncidentLab({ cache: { recheckMs: 3_600_000 }, rules: { 'hit-ratio': { leastLookups: 10 } } });
    await lab.begin(0);
    const reads = () => times(8, () => lab.read('acme'));
    for (let step = 0; step < 66; step++) await lab.pass(reads);
    expect(await lab.firing()).toEqual([]);
    // Isolates that start again all the time, with nothing in memory.
    const firing = await lab.untilFiring(async () => {
      for (let time = 0; time < 8; time++) {
        lab.isolate = lab.worker.isolate();
        await lab.read('acme');
        await lab.isolate.fetch('/metrics');
      }
    });
    expect(firing).toMatchObject([
      {
        ...{ rule: 'hit-ratio', subject: 'Customer', remedy: expect.stringMatching(/warm Customer/) },
        evidence: { shardKey: keyOf('acme'), operation: 'Customers' },
      },
    ]);
  });

  it('a bad release', async () => {
    const checkout = (resolve: () => string) =>
      defineExtensions(demo, ({ builder }) =>
        builder.queryField('greeting', (t) => t.string({ description: 'A greeting.', resolve })),
      );
    const lab = new IncidentLab();
    await lab.begin(1);
    const greet = async () => {
      await lab.usual();
      await times(10, () =>
        lab.isolate.graphql('query Greet { greeting customers(shardKey: "acme", first: 1) { nodes { id } } }'),
      );
    };
    lab.isolate = lab.worker.isolate({ extensions: checkout(() => 'Hello') });
    await lab.pass(greet);
    await lab.pass(greet);
    const bad = checkout(() => {
      throw new Error('Not in this release.');
    });
    lab.isolate = lab.worker.isolate(
      { extensions: bad },
      { CF_VERSION_METADATA: { id: 'v2', tag: '', timestamp: '' } },
    );
    expect(await lab.untilFiring(greet)).toMatchObject([
      {
        ...{ rule: 'error-rate', remedy: expect.stringMatching(/take it back \(npx wrangler rollback\)/) },
        evidence: { shardKey: keyOf('acme'), operation: 'Greet', release: 'v2' },
      },
    ]);
  });
});

/** The next release: what it does to the rows of `acme`. */
const nextRelease = (statement: string) => {
  const { migrations } = migrationsOf(demo);
  const next = { ...migrations[0]!, tag: '0001_next', hash: '1', schemaHash: '1', statements: [statement] };
  return { migrations: bundleWith(demo, [...migrations, next]) };
};

describe('a migration of real shards is named within a minute', () => {
  it('that takes long: the fleet waits for another shard', async () => {
    const migrate = () => new Promise(() => {});
    const CATALOG = { getByName: () => ({ migrate }), idFromName: () => '', get: () => ({ migrate }) } as never;
    const lab = new IncidentLab({ router: { requestDeadlineMs: 15_000 }, shardBindings: { CATALOG } });
    await lab.begin(1);
    lab.worker.deployShards(nextRelease('CREATE TABLE extra (id INTEGER PRIMARY KEY)'));
    lab.isolate = lab.worker.isolate();
    // As long as a request waits for a migration.
    lab.skippedMs = 10_000;
    const firing = await lab.untilFiring(() => times(5, () => lab.create('acme')));
    expect(firing).toMatchObject([
      {
        ...{ rule: 'migration-slow', remedy: expect.stringMatching(/migrate status/) },
        evidence: { shardKey: keyOf('acme') },
      },
    ]);
  });

  it('that fails: rows do not fit', async () => {
    const lab = new IncidentLab();
    await lab.begin(1);
    lab.worker.deployShards(nextRelease('CREATE UNIQUE INDEX one_name ON customers (tenant_id, name)'));
    lab.isolate = lab.worker.isolate();
    const firing = await lab.untilFiring(() => lab.usual());
    expect(firing).toMatchObject([
      {
        ...{ rule: 'migration-failed', subject: shardOf(lab), remedy: expect.stringMatching(/migrate status/) },
        evidence: { shardKey: keyOf('acme') },
      },
    ]);
  });
});
