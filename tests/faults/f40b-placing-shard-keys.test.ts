/**
 * F40: shard keys that are given shards of their own, while routers with old maps read and write under them. No row is left on the shard
 * that had the key before, and a list over all shards is never shorter.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
import { isExactCover } from '../../src/shards/slots.ts';
import { createRouter, currentMap, type Intercept, type Router } from '../support/in-process-router.ts';
import { confirmed } from '../support/operator/confirmed.ts';

const LIST = '{ tenants(first: 100) { totalCount nodes { id } } }';
const READ = 'query ($id: ID!) { tenant(by: { id: $id }) { id } }';
const CREATE = 'mutation ($id: ID!) { createTenant(data: { id: $id, name: "N", plan: FREE, settings: {} }) { id } }';
const PLACE = `mutation ($keys: [ID!]!, $jurisdiction: String, $location: String, $shard: String) {
  placeShardKeys(shardKeys: $keys, jurisdiction: $jurisdiction, location: $location, shard: $shard) {
    shardKey type shard jurisdiction location
  }
}`;
const PLACED = '{ placedShardKeys { shardKey shard } }';

/** A moment that is over for all clocks. */
async function moment(): Promise<string> {
  const time = new Date(Date.now() + 3).toISOString();
  await wait(systemTimers, 600);
  return time;
}

const made: string[] = [];

async function create(id: string, router: Router = createRouter()): Promise<void> {
  expect((await router.graphql(CREATE, { id })).errors).toEqual([]);
  made.push(id);
}

const place = (keys: readonly string[], to: Readonly<Record<string, string>>, router: Router = createRouter()) =>
  router.operator(PLACE, { keys, ...to });

async function expectAllListed(router: Router): Promise<void> {
  const answer = await router.graphql(LIST);
  expect(answer.errors).toEqual([]);
  expect(answer.data.tenants.nodes.map(({ id }: { id: string }) => id)).toEqual([...made].sort());
  expect(answer.data.tenants.totalCount).toBe(made.length);
}

/** A router that knows the map of now, and the shards that it writes to. */
async function routerOfNow(): Promise<{ readonly router: Router; readonly written: string[] }> {
  const written: string[] = [];
  const intercept: Intercept = (call) => {
    if (call.method === 'write') written.push(call.shard);
    return call.send();
  };
  const router = createRouter(intercept);
  await expectAllListed(router);
  return { router, written };
}

beforeAll(async () => {
  await create('first');
});

describe('a shard key without rows', () => {
  it('is placed in a jurisdiction, and routers with the map of before write to it there', async () => {
    const { router: stale, written } = await routerOfNow();
    const placed = await place(['acme'], { jurisdiction: 'eu' });
    expect(placed.errors ?? []).toEqual([]);
    expect(placed.data.placeShardKeys).toEqual([
      { shardKey: 'acme', type: 'Tenant', shard: 'eu-0', jurisdiction: 'eu', location: null },
    ]);
    await create('acme', stale);
    expect(written.at(-1)).toBe('eu-0');
    expect(written.length).toBe(2);
    await expectAllListed(stale);
    await expectAllListed(createRouter());
    expect((await createRouter().graphql(READ, { id: 'acme' })).data.tenant).toEqual({ id: 'acme' });
  });

  it('of another tenant goes to the last shard of the place, or to the next one', async () => {
    expect((await place(['beta'], { jurisdiction: 'eu' })).data.placeShardKeys).toMatchObject([{ shard: 'eu-0' }]);
    expect((await place(['gamma'], { shard: 'eu-1' })).data.placeShardKeys).toMatchObject([{ shard: 'eu-1' }]);
    expect((await place(['delta'], { jurisdiction: 'eu' })).data.placeShardKeys).toMatchObject([{ shard: 'eu-1' }]);
    const near = await place(['epsilon'], { jurisdiction: 'eu', location: 'weur' });
    expect(near.data.placeShardKeys).toMatchObject([{ shard: 'eu.weur-0', jurisdiction: 'eu', location: 'weur' }]);
    const listed = await createRouter().operator(PLACED);
    expect(listed.data.placedShardKeys).toEqual([
      { shardKey: 'acme', shard: 'eu-0' },
      { shardKey: 'beta', shard: 'eu-0' },
      { shardKey: 'gamma', shard: 'eu-1' },
      { shardKey: 'delta', shard: 'eu-1' },
      { shardKey: 'epsilon', shard: 'eu.weur-0' },
    ]);
    for (const id of ['beta', 'gamma', 'delta', 'epsilon']) await create(id);
    await expectAllListed(createRouter());
  });

  it('is placed once, however often it is asked for, and taken back where that was a mistake', async () => {
    const { router: stale, written } = await routerOfNow();
    await place(['zeta'], { location: 'oc' });
    const { epoch } = await currentMap();
    expect((await place(['zeta'], { location: 'oc' })).data.placeShardKeys).toMatchObject([{ shard: 'oc-0' }]);
    expect((await currentMap()).epoch).toBe(epoch);
    const back = await confirmed(
      createRouter().operator,
      'unplaceShardKeys(shardKeys: ["zeta"])',
      'placements { shardKey shard }',
    );
    expect(back.data.unplaceShardKeys.placements).toEqual([
      { shardKey: 'zeta', shard: expect.stringMatching(/^shard-/) },
    ]);
    await create('zeta', stale);
    expect(written.at(-1)).toMatch(/^shard-/);
    await expectAllListed(createRouter());
  });
});

describe('a shard key with rows', () => {
  it('stays where it is, and so do those that were to be placed with it', async () => {
    const { epoch } = await currentMap();
    const refused = await place(['eta', 'first'], { jurisdiction: 'us' });
    expect(refused.errors).toMatchObject([
      {
        message:
          'Expected shard keys that have never had rows, but got "first" with some: they can be placed before their first row alone.',
        extensions: { code: 'CONFLICT' },
      },
    ]);
    const placedOne = await confirmed(
      createRouter().operator,
      'unplaceShardKeys(shardKeys: ["acme"])',
      'placements { shard }',
    );
    expect(placedOne.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    expect((await currentMap()).epoch).toBe(epoch);
  });
});

describe('what is no place', () => {
  it.each([
    [{}, 'Expected jurisdiction, location or shard, but got none of them.'],
    [{ jurisdiction: 'de' }, 'Expected jurisdiction to be one of eu, us, fedramp, fedramp-high, but got "de".'],
    [{ location: 'weur', shard: 'eu-0' }, /^Expected shard alone/],
    [{ jurisdiction: 'EUR' }, /but got "EUR"\. Did you mean "eu"\?$/],
    [{ location: 'werur' }, /^Expected location to be one of wnam, .* Did you mean "weur"\?$/],
    [{ shard: 'eu.wuer-1' }, /Did you mean "eu.weur-1"\?$/],
    [{ shard: 'eu-7' }, /^Expected the name of a shard up to "eu-2", but got "eu-7"/],
    [
      { shard: 'shard-1' },
      /^Expected the name of a shard such as "eu-0", with the code of its place, but got "shard-1"/,
    ],
  ] as const)('is refused: %j', async (to, message) => {
    const { errors } = await place(['theta'], to);
    expect(errors).toMatchObject([
      {
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

describe('writes while shard keys are being placed', () => {
  it('leave no row on the shard of before', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `race-${index}`);
    const { router: stale } = await routerOfNow();
    const [, ...answers] = await Promise.all([
      ...[place(ids, { location: 'sam' }, createRouter())],
      ...ids.map((id) => stale.graphql(CREATE, { id })),
      ...['eu', 'us'].map((jurisdiction) => place([ids[0]!, ids[5]!, `late-${jurisdiction}`], { jurisdiction })),
    ]);
    for (const { errors } of answers.slice(0, ids.length)) expect(errors).toEqual([]);
    made.push(...ids);
    await expectAllListed(createRouter());
    await expectAllListed(stale);
    for (const id of ids) expect((await createRouter().graphql(READ, { id })).data.tenant).toEqual({ id });
  });
});

describe('a list that is under way while a shard key is placed', () => {
  it('is asked again, though all shards that it knows have answered', async () => {
    let isPlaced = false;
    const asked: string[] = [];
    const router = createRouter(async (call) => {
      if (call.method === 'read') asked.push(call.shard);
      if (call.method === 'read' && !isPlaced) {
        isPlaced = true;
        await place(['iota'], { location: 'afr' });
        await create('iota');
      }
      return call.send();
    });
    await router.graphql(READ, { id: 'first' });
    await expectAllListed(router);
    expect(asked).toContain('afr-0');
  });
});

describe('what is asked of all shards', () => {
  it('is asked of those that were made since', async () => {
    const previewed: string[] = [];
    const stale = createRouter((call) => {
      if (call.method === 'previewRestore') previewed.push(call.shard);
      return call.send();
    });
    await expectAllListed(stale);
    await place(['kappa'], { location: 'me' });
    await create('kappa');
    const time = await moment();
    const preview = await stale.operator(
      'mutation ($time: String!) { restore(all: true, time: $time, preview: true) { preview { totalChanges } } }',
      {
        time,
      },
    );
    expect(preview.errors ?? []).toEqual([]);
    expect(previewed).toContain('me-0');
  });

  it('copies rows of a shard key to one that was placed, and from it', async () => {
    await place(['lambda'], { jurisdiction: 'eu' });
    const time = await moment();
    const router = createRouter();
    const copy = (shardKey: string, as: string) =>
      confirmed(
        router.operator,
        `restoreAs(shardKey: "${shardKey}", as: "${as}", time: "${time}")`,
        'restore { id state }',
      );
    expect((await copy('first', 'lambda')).errors ?? []).toEqual([]);
    expect((await copy('kappa', 'mu')).errors ?? []).toEqual([]);
    made.push('lambda', 'mu');
    await expect
      .poll(async () => (await router.graphql(LIST)).data.tenants?.totalCount, { timeout: 20_000 })
      .toBe(made.length);
    await expectAllListed(createRouter());
  });
});

describe('a router of a release that knows no placed shard keys', () => {
  it('is told so for each of them, and finds all others', async () => {
    await place(['nu'], { jurisdiction: 'eu' });
    const { placed = [], ...map } = await currentMap();
    expect(placed).not.toEqual([]);
    const catalog = { map: async () => map, recordAudit: async () => {} };
    const namespace = { getByName: () => catalog, idFromName: () => 'catalog', get: () => catalog };
    const router = createRouter(undefined, { CATALOG: namespace as unknown as DurableObjectNamespace });
    for (const [query, id] of [
      [CREATE, 'nu'],
      [READ, 'acme'],
    ] as const) {
      const { errors } = await router.graphql(query, { id });
      expect(errors).toMatchObject([{ extensions: { code: 'SHARD_UNAVAILABLE', retryable: true } }]);
    }
    expect((await router.graphql(READ, { id: 'first' })).data).toEqual({ tenant: { id: 'first' } });
    // Nor would it take the map for one of its own, or the answers to a list for all of them.
    expect(isExactCover(map.shards.flatMap(({ ranges }) => ranges))).toBe(false);
    expect((await createRouter().graphql(READ, { id: 'nu' })).data).toEqual({ tenant: null });
  });
});
