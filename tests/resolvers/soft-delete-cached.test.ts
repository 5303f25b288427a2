/** Cached reads of tables that keep deleted rows: the writer sees its writes at once, others as their mode says. */
import { execute, parse, validate } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { createIsolateCache, openStore } from '../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import { systemTimers } from '../../src/lib/timers.ts';
import { CONSISTENCY_MODES } from '../../src/model/types.ts';
import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { createRouterState, createShardClient } from '../../src/shards/client/create-shard-client.ts';
import { DEVELOPER } from '../../src/shards/protocol/envelope.ts';
import { NOTHING_SEEN, type SeenVersions } from '../../src/shards/seen-versions.ts';
import { PROJECTS } from './support/cluster.ts';
import { projects } from './support/projects.ts';

const { model, schema } = projects;
const state = createRouterState();

/** Requests of one isolate, one after the other, without Workers KV: what it does not know itself it learns by its reads. */
class Isolate {
  readonly #cache = createIsolateCache(model, {}, systemTimers);

  async run(query: string, seen: SeenVersions = NOTHING_SEEN) {
    const shards = createShardClient({
      model,
      env: { SHARD: PROJECTS.shards, CATALOG: PROJECTS.catalog },
      state,
      settings: { shardCount: 4, requestDeadlineMs: 60_000, mapFetchPatienceMs: 30_000 },
      caller: DEVELOPER,
      waitUntil: () => {},
      recordChange: (change) => this.#cache.localWrites.record(change),
    });
    const store = openStore(this.#cache, null);
    const cacheReader = new CacheReader({
      cache: this.#cache,
      store,
      askShards: shards.readFresh,
      waitUntil: () => {},
    });
    const reader = new RequestReader(cacheReader, seen, false);
    const document = parse(query);
    const contextValue = { model, shards, reader, caller: DEVELOPER, access: FULL_ACCESS, requestId: 'r' };
    const errors = validate(schema, document);
    const result = errors.length > 0 ? { errors } : await execute({ schema, document, contextValue });
    if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'));
    return {
      data: JSON.parse(JSON.stringify(result.data)),
      sources: reader.fields.map(({ source }) => source),
    };
  }
}

let team = 0;
let shardKey = '';
let writer: Isolate;
let other: Isolate;

beforeEach(async () => {
  shardKey = `cached-${++team}`;
  writer = new Isolate();
  other = new Isolate();
  await writer.run(`mutation {
    a: createTeam(data: { id: "${shardKey}" }) { id }
    b: createProject(data: { teamId: "${shardKey}", id: "p", slug: "s" }) { id }
    c: createTask(data: { teamId: "${shardKey}", id: "1", projectId: "p" }) { id }
  }`);
});

/** A row by its primary key, by another key, from a list, as a to-one and among to-many relations; and the row with deleted ones. */
const looksAt = (mode: string) => `query @consistency(mode: ${mode}) {
  byId: project(by: { id: "p" }, shardKey: "${shardKey}") { id }
  bySlug: project(by: { slug: "s" }, shardKey: "${shardKey}") { id }
  list: projects(shardKey: "${shardKey}") { nodes { id } }
  task: task(by: { id: "1" }, shardKey: "${shardKey}") { project { id } }
  team(by: { id: "${shardKey}" }) { projects { nodes { id } } }
  all: project(by: { id: "p" }, shardKey: "${shardKey}", includeDeleted: true) { id deletedAt }
}`;

const THERE = {
  byId: { id: 'p' },
  bySlug: { id: 'p' },
  list: { nodes: [{ id: 'p' }] },
  task: { project: { id: 'p' } },
  team: { projects: { nodes: [{ id: 'p' }] } },
  all: { id: 'p', deletedAt: null },
};
const HIDDEN = {
  byId: null,
  bySlug: null,
  list: { nodes: [] },
  // It went with its project.
  task: null,
  team: { projects: { nodes: [] } },
  all: { id: 'p', deletedAt: expect.any(String) },
};
const GONE = { ...HIDDEN, all: null };

const write = (kind: string) =>
  writer.run(`mutation { ${kind}Project(by: { id: "p" }, shardKey: "${shardKey}") { id } }`);

describe.each(CONSISTENCY_MODES)('%s', (mode) => {
  it('shows the writer each of its writes at once', async () => {
    const read = async () => (await writer.run(looksAt(mode))).data;
    expect(await read()).toEqual(THERE);
    await write('delete');
    expect(await read()).toEqual(HIDDEN);
    await write('restore');
    expect(await read()).toEqual(THERE);
    await write('delete');
    await write('purge');
    expect(await read()).toEqual(GONE);
  });

  it('shows others all of a state: the last one, or one that they have kept', async () => {
    const read = async () => (await other.run(looksAt(mode))).data;
    expect(await read()).toEqual(THERE);
    await write('delete');
    // Without a token SESSION asks for nothing that CACHED does not.
    const isStale = mode === 'CACHED' || mode === 'SESSION' || mode === 'BOUNDED';
    expect(await read()).toEqual(isStale ? THERE : HIDDEN);
    expect((await new Isolate().run(looksAt(mode))).data).toEqual(HIDDEN);
  });
});

it('one cached row answers with and without deleted ones', async () => {
  await write('delete');
  const one = (includeDeleted: boolean) =>
    other.run(
      `query @consistency(mode: CACHED) { project(by: { id: "p" }, shardKey: "${shardKey}", includeDeleted: ${includeDeleted}) { id } }`,
    );
  expect(await one(true)).toEqual({ data: { project: { id: 'p' } }, sources: ['shard'] });
  expect(await one(false)).toEqual({ data: { project: null }, sources: ['memory'] });
  expect(await one(true)).toEqual({ data: { project: { id: 'p' } }, sources: ['memory'] });
});
