/**
 * A plan that is remembered, with the values of another request put into it, is the plan that would be made for that request:
 * for random documents and variables, errors included. `SEED` repeats a run; `RUNS` sets how many documents are asked.
 */
import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import type { Requirement } from '../../src/cache/requirement.ts';
import type { Model } from '../../src/model/types.ts';
import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { toGraphQLError } from '../../src/resolvers/graphql-error.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import type { ShardClient } from '../../src/shards/client/shard-client.ts';
import type { Read } from '../../src/shards/plan/read.ts';
import { DEVELOPER } from '../../src/shards/protocol/envelope.ts';
import { NOTHING_SEEN } from '../../src/shards/seen-versions.ts';
import allTypes from '../models/all-types/model.ts';
import crossShard from '../models/cross-shard/model.ts';
import { FakeShardClient } from '../resolvers/support/fake-shard-client.ts';
import { shop } from '../resolvers/support/shop.ts';
import { labState } from '../support/cache/seen.ts';
import { randomDocuments, TokenPool, tryParse } from '../support/fuzz/random-documents.ts';
import { propertyRuns } from '../support/property-runs.ts';
import type { World } from '../support/queries/world.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { flightsWorld } from '../support/queries/worlds/flights.ts';
import { shopWorld } from '../support/queries/worlds/shop.ts';
import { below, createRandom, pick, type Random } from '../support/random.ts';

type Variables = Readonly<Record<string, unknown>>;

interface Api {
  readonly name: string;
  readonly model: Model;
  readonly schema: GraphQLSchema;
  readonly makeWorld: (random: Random) => World;
}

const APIS: readonly Api[] = [
  { name: 'shop', model: shop.model, schema: shop.schema, makeWorld: shopWorld },
  { name: 'all-types', model: allTypes, schema: buildSchema(allTypes), makeWorld: allTypesWorld },
  { name: 'cross-shard', model: crossShard, schema: buildSchema(crossShard), makeWorld: flightsWorld },
];
const { numRuns, seed } = propertyRuns(60);
const PER_API = Math.ceil(numRuns / APIS.length);
const VARIANTS = 8;

/** All that a request does and shows. */
async function outcomeOf({ model, schema }: Api, document: DocumentNode, variableValues: Variables) {
  const shards = new FakeShardClient(model, 2);
  const reads: unknown[] = [];
  const cache = {
    async read(read: Read, requirement: Requirement) {
      const { plan, values, keys, shardKeys } = read;
      reads.push({ plan: plan.text, values: [...values], keys, shardKeys, requirement });
      const answers = await shards.read(read);
      return answers.map((answer) => ({ answer, source: 'shard', ...labState(1), ageMs: 0 }));
    },
    heldRow: () => null,
  };
  const reader = new RequestReader(cache as unknown as CacheReader, NOTHING_SEEN, false);
  const contextValue = {
    model,
    shards: shards as unknown as ShardClient,
    reader,
    caller: DEVELOPER,
    access: FULL_ACCESS,
    requestId: 'r',
  };
  const { data, errors = [] } = await execute({ schema, document, variableValues, contextValue });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    errors: errors.map((error) => JSON.parse(JSON.stringify(toGraphQLError(error, 'r')))),
    reads,
    // Values of new rows are made for each of them.
    selections: shards.writes.map(({ operations }) =>
      operations.map((operation) => ('select' in operation ? operation.select : null)),
    ),
  };
}

/** Another value of the same kind, mostly. */
function varied(value: unknown, random: Random): unknown {
  const chance = random();
  if (chance < 0.1) return null;
  if (typeof value === 'string') return chance < 0.5 ? value : `${value}x`;
  if (typeof value === 'number') return chance < 0.5 ? value : pick(random, [0, 0, 1, 2, 101, -1, value + 1]);
  if (typeof value === 'boolean') return chance < 0.5;
  if (Array.isArray(value)) {
    const items = value.map((item) => varied(item, random));
    return chance < 0.3 ? items.slice(1) : chance < 0.6 ? [...items, ...items, ...items] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(() => random() > 0.05);
  return Object.fromEntries(entries.map(([name, inner]) => [name, varied(inner, random)]));
}

const variedAll = (variables: Variables, random: Random): Variables =>
  (varied({ ...variables }, random) as Variables) ?? {};

describe.each(APIS)('plans of $name', (api) => {
  it(`are the same, remembered or made anew (${PER_API} documents, SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const tokens = new TokenPool();
    let made = 0;
    let planned = 0;
    for (const { query, variables } of randomDocuments(api.schema, api.makeWorld(random), random, tokens)) {
      if (made === PER_API) break;
      const document = tryParse(query);
      if (document === null || validate(api.schema, document).length > 0) continue;
      made++;
      const asked = [variables, ...Array.from({ length: VARIANTS }, () => variedAll(variables, random))];
      for (const each of [...asked, ...asked.slice(below(random, VARIANTS))]) {
        const outcome = await outcomeOf(api, document, each);
        const fresh = await outcomeOf(api, parse(query), each);
        expect(outcome, `${query}\n${JSON.stringify(each)}`).toEqual(fresh);
        tokens.add(fresh.data);
        if (fresh.reads.length > 0) planned++;
      }
    }
    // Many documents ask for nothing that is there: some executions have to read.
    expect(planned).toBeGreaterThan(PER_API / 4);
  });
});
