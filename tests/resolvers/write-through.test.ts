/** Rows that an isolate has cached and writes, over real shards: its next cached read is from memory, and right. */
import { execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createIsolateCache, openStore } from '../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import { systemTimers } from '../../src/lib/timers.ts';
import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { createRouterState, createShardClient } from '../../src/shards/client/create-shard-client.ts';
import { DEVELOPER } from '../../src/shards/protocol/envelope.ts';
import { NOTHING_SEEN } from '../../src/shards/seen-versions.ts';
import model from '../models/all-types/model.ts';
import { ALL_TYPES } from './support/cluster.ts';

const schema = buildSchema(model);
const state = createRouterState();

/** Requests of one isolate, one after the other. */
class Isolate {
  readonly #cache = createIsolateCache(model, {}, systemTimers);

  /** Data of a document that must not fail, and where each root field was read. */
  async run(query: string) {
    const shards = createShardClient({
      model,
      env: { SHARD: ALL_TYPES.shards, CATALOG: ALL_TYPES.catalog },
      state,
      settings: { shardCount: 4, requestDeadlineMs: 60_000, mapFetchPatienceMs: 30_000 },
      caller: DEVELOPER,
      waitUntil: () => {},
      recordChange: (change) => this.#cache.localWrites.record(change),
    });
    const cacheReader = new CacheReader({
      cache: this.#cache,
      store: openStore(this.#cache, null),
      askShards: shards.readFresh,
      waitUntil: () => {},
    });
    const reader = new RequestReader(cacheReader, NOTHING_SEEN, false);
    const document = parse(query);
    const contextValue = { model, shards, reader, caller: DEVELOPER, access: FULL_ACCESS, requestId: 'r' };
    const errors = validate(schema, document);
    const result = errors.length > 0 ? { errors } : await execute({ schema, document, contextValue });
    if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'));
    const sources = reader.fields.map(({ source }) => source);
    return { data: JSON.parse(JSON.stringify(result.data)), sources };
  }
}

const ACCOUNT = '"write-through"';

const SAMPLE_COLUMNS = model
  .table('Sample')
  .columns.map(({ name }) => name)
  .join(' ');

interface Case {
  readonly type: string;
  /** As the row is written and looked up: all forms of one key. */
  readonly keys: readonly string[];
  readonly shardKey: string;
  readonly create: string;
  /** Data of updates, one after the other. */
  readonly updates: readonly string[];
  readonly columns: string;
}

const CASES: readonly Case[] = [
  {
    type: 'Sample',
    keys: ['{ id: "s" }', '{ wideAndLevelOrNull: { wide: 9, levelOrNull: HIGH } }'],
    shardKey: ACCOUNT,
    create: `{ accountId: ${ACCOUNT}, id: "s", textValue: "ü", wide: "9", levelOrNull: HIGH, decimal: "1.50", bytes: "AP8=" }`,
    updates: [
      '{ textValue: "x\\u0000y", decimalOrNull: "1e3", blobBigint: "-9223372036854775808", json: { a: [1, null] } }',
      '{ textOrNull: null, realOrNull: 1e300, moment: "2026-01-01T00:00:00+01:00", wideOrNull: "9007199254740993" }',
      '{ integerValue: 21 }',
    ],
    columns: SAMPLE_COLUMNS,
  },
  {
    type: 'Category',
    keys: ['{ id: 5 }', '{ id: "5" }'],
    shardKey: ACCOUNT,
    create: `{ accountId: ${ACCOUNT}, id: 5, name: "a" }`,
    updates: ['{ name: "b" }', '{ parentId: 5 }'],
    columns: 'id name parentId parent { name version }',
  },
  {
    type: 'SeriesCategory',
    keys: ['{ seriesIdAndCategoryId: { seriesId: "x", categoryId: 7 } }'],
    shardKey: ACCOUNT,
    create: `{ accountId: ${ACCOUNT}, seriesId: "x", categoryId: "7" }`,
    updates: ['{ position: 1 }', '{ position: 2 }'],
    columns: 'seriesId categoryId position series { title }',
  },
  {
    type: 'Reading',
    keys: ['{ takenAt: "2026-01-01T00:00:00.500Z" }', '{ takenAt: "2026-01-01T01:00:00.50+01:00" }'],
    shardKey: '70',
    create: '{ deviceId: 70, takenAt: "2026-01-01T00:00:00.5Z", celsius: 1 }',
    updates: ['{ celsius: 2.5 }', '{ celsius: -0.0 }'],
    columns: 'deviceId takenAt celsius device { name }',
  },
  {
    type: 'Document',
    keys: ['{ hash: "AQID" }'],
    shardKey: '"AQID"',
    create: '{ hash: "AQID", content: "a" }',
    updates: ['{ content: "b" }', '{ content: "c" }'],
    columns: 'hash content',
  },
];

const lowerFirst = (text: string) => text[0]!.toLowerCase() + text.slice(1);

describe('a row that an isolate has cached and writes', () => {
  it.each(CASES)(
    'is read right, and from memory: $type',
    async ({ type, keys, shardKey, create, updates, columns }) => {
      const isolate = new Isolate();
      await isolate.run(`mutation {
      createAccount(data: { id: ${ACCOUNT}, name: "a" }) { id }
      createSeries(data: { accountId: ${ACCOUNT}, id: "x", title: "t" }) { id }
      createCategory(data: { accountId: ${ACCOUNT}, id: 7, name: "seven" }) { id }
      createDevice(data: { id: 70, serial: 1, name: "d" }) { id }
    }`);
      try {
        const one = (key: string, mode: string) =>
          isolate.run(
            `{ ${lowerFirst(type)}(by: ${key}, shardKey: ${shardKey}) @consistency(mode: ${mode}) { ${columns} version nodeId } }`,
          );
        const plain = (key: string, mode: string) =>
          isolate.run(
            `{ ${lowerFirst(type)}(by: ${key}, shardKey: ${shardKey}) @consistency(mode: ${mode}) { version } }`,
          );
        const check = async () => {
          const { data } = await one(keys[0]!, 'STRONG');
          for (const key of keys) expect((await one(key, 'CACHED')).data).toEqual(data);
          // The whole of a row entry serves every selection of its columns.
          const { sources } = await plain(keys[0]!, 'CACHED');
          return sources;
        };
        await check();
        await isolate.run(`mutation { create${type}(data: ${create}) { version } }`);
        expect(await check()).toEqual(['memory']);
        for (const [at, update] of updates.entries()) {
          const key = keys[at % keys.length]!;
          const { data } = await isolate.run(
            `mutation { update${type}(by: ${key}, shardKey: ${shardKey}, data: ${update}) { ${columns} } }`,
          );
          expect((await one(keys[0]!, 'CACHED')).data[lowerFirst(type)]).toMatchObject(data[`update${type}`]);
          await check();
        }
        await isolate.run(`mutation {
        a: update${type}(by: ${keys[0]}, shardKey: ${shardKey}, data: ${updates[0]}) { version }
        b: delete${type}(by: ${keys[0]}, shardKey: ${shardKey}) { version }
        c: create${type}(data: ${create}) { version }
        d: update${type}(by: ${keys[0]}, shardKey: ${shardKey}, data: ${updates.at(-1)}) { version }
      }`);
        expect((await plain(keys[0]!, 'CACHED')).sources).toEqual(['memory']);
        await check();
        await isolate.run(`mutation { delete${type}(by: ${keys[0]}, shardKey: ${shardKey}) { version } }`);
        expect(await plain(keys[0]!, 'CACHED')).toEqual({ data: { [lowerFirst(type)]: null }, sources: ['memory'] });
      } finally {
        await isolate.run(
          `mutation { deleteAccount(by: { id: ${ACCOUNT} }) { id } deleteDevice(by: { id: 70 }) { id } }`,
        );
      }
      expect(
        (
          await isolate.run(
            `{ ${lowerFirst(type)}(by: ${keys[0]}, shardKey: ${shardKey}) @consistency(mode: CACHED) { version } }`,
          )
        ).data,
      ).toEqual({ [lowerFirst(type)]: null });
    },
  );
});
