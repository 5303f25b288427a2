/**
 * F40: the catalog is killed between any two steps of a placement, right before a shard takes note of one or right after it, and goes on
 * from its database. In the end shard keys are placed or are where they were, every row is on one shard, and no list lacks one.
 */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { shardOf } from '../../src/shards/shard-map.ts';
import { createRouter, currentMap } from '../support/in-process-router.ts';

/** Of a placement, to shards. */
const STEPS = ['releaseKeys', 'setOwnedSlots'] as const;
type Step = (typeof STEPS)[number];
/** The look whether there are rows, before anything is stored. */
const CHECK = 'check';
type Method = (...args: unknown[]) => Promise<unknown>;

/** With this many calls a placement of two shard keys is done. */
const MOST_CALLS = 12;

const CREATE = 'mutation ($id: ID!) { createTenant(data: { id: $id, name: "N", plan: FREE, settings: {} }) { id } }';
const PLACE = 'mutation ($keys: [ID!]!) { placeShardKeys(shardKeys: $keys, location: "oc") { shardKey } }';
const LIST = '{ tenants(first: 100) { totalCount nodes { id } } }';

const catalog = () => env.CATALOG.getByName('catalog');
const shards = () => currentMap().then((map) => [...new Set([...map.shards.map(({ name }) => name), 'oc-0'])]);
const keyOf = (id: string) => `t:${id}` as ShardKey;

const killCatalog = () => runInDurableObject(catalog(), (_, state) => state.abort('killed by a test')).catch(() => {});

/** Called before and after each step that a shard takes. */
let around: (step: Step, when: 'before' | 'after', checksOnly: boolean) => Promise<void> = async () => {};

/** Calls find no methods of an object's own, so those of its class are watched. */
async function watchShards(): Promise<() => void> {
  return await runInDurableObject(env.SHARD.getByName('shard-0'), (instance) => {
    const prototype = Object.getPrototypeOf(instance) as Record<Step, Method>;
    const originals = STEPS.map((step) => [step, prototype[step]] as const);
    for (const [step, original] of originals) {
      prototype[step] = async function (...args) {
        const { checksOnly = false } = (args[0] ?? {}) as { readonly checksOnly?: boolean };
        await around(step, 'before', checksOnly);
        const answer = await original.apply(this, args);
        await around(step, 'after', checksOnly);
        return answer;
      };
    }
    return () => {
      for (const [step, original] of originals) prototype[step] = original;
    };
  });
}

/** Shards that have, or once had, rows of the key. */
async function shardsWith(key: ShardKey): Promise<string[]> {
  const found: string[] = [];
  for (const name of await shards()) {
    const count = await runInDurableObject(
      env.SHARD.getByName(name),
      (_, { storage }) =>
        storage.sql.exec('SELECT count(*) AS n FROM _keys WHERE shard_key = ?', key).one().n as number,
    );
    if (count > 0) found.push(name);
  }
  return found;
}

const made: string[] = [];

let unwatch = () => {};

beforeAll(async () => {
  unwatch = await watchShards();
  expect((await createRouter().graphql(CREATE, { id: 'first' })).errors).toEqual([]);
  made.push('first');
});

afterAll(() => unwatch());

/** Places three keys, and kills the catalog at the call to a shard with this number. Gives which step that was; null: there were fewer. */
async function placeWithKill(at: number, when: 'before' | 'after', isWritten: boolean): Promise<string | null> {
  const stale = createRouter();
  await stale.graphql(LIST);
  // Several keys, on several shards.
  const keys = Array.from({ length: 3 }, (_, index) => `${when}-${isWritten}-${at}-${index}`);
  let killedAt: string | null = null;
  let calls = 0;
  around = async (step, moment, checksOnly) => {
    if (moment !== when || calls++ !== at) return;
    killedAt = checksOnly ? CHECK : step;
    await killCatalog();
  };
  const answer = await createRouter().operator(PLACE, { keys });
  around = async () => {};
  if (killedAt === null) expect(answer.errors ?? []).toEqual([]);
  // Someone writes before the catalog has gone on: there, or it is refused and told so.
  if (isWritten) {
    const { data, errors } = await stale.graphql(CREATE, { id: keys[0] });
    if (errors.length === 0) made.push(data.createTenant.id);
    else expect(errors).toMatchObject([{ extensions: { code: 'SHARD_UNAVAILABLE', retryable: true } }]);
  }
  const isLeftOut = (await shardsWith(keyOf(keys[0]!))).some((name) => name !== 'oc-0');
  await runDurableObjectAlarm(catalog());
  const map = await currentMap();
  const placed = keys.filter((key) => shardOf(map, keyOf(key)) === 'oc-0');
  // All go that have no row elsewhere, unless nothing had been stored.
  if (killedAt === CHECK) expect(placed).toEqual([]);
  else expect(placed).toEqual(isLeftOut ? keys.slice(1) : keys);
  for (const key of keys.filter((id) => !made.includes(id))) {
    expect((await stale.graphql(CREATE, { id: key })).errors).toEqual([]);
    made.push(key);
  }
  for (const key of keys) expect(await shardsWith(keyOf(key))).toEqual([shardOf(map, keyOf(key))]);
  for (const router of [stale, createRouter()]) {
    const { data, errors } = await router.graphql(LIST);
    expect(errors).toEqual([]);
    expect(data.tenants.nodes.map(({ id }: { id: string }) => id)).toEqual([...made].sort());
  }
  return killedAt;
}

describe.each([
  ['before', false],
  ['after', false],
  ['before', true],
  ['after', true],
] as const)('the catalog killed right %s a shard takes a step (with writes meanwhile: %s)', (when, isWritten) => {
  it('goes on, or has not begun', async () => {
    const killed: string[] = [];
    for (let at = 0; at < MOST_CALLS; at++) {
      const killedAt = await placeWithKill(at, when, isWritten);
      if (killedAt === null) break;
      killed.push(killedAt);
    }
    expect(killed.length).toBeLessThan(MOST_CALLS);
    expect(new Set(killed)).toEqual(new Set([CHECK, 'releaseKeys', 'setOwnedSlots']));
  });
});
