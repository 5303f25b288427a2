/**
 * A plan that is remembered, with the values of another request put into it, is the plan that would be made for that request:
 * for random documents and variables, errors included. `SEED` repeats a run; `RUNS` sets how many documents are asked.
 */
import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
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
import { DocumentGenerator } from '../support/fuzz/document-generator.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { QueryGenerator } from '../support/queries/generate-query.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { render } from '../support/queries/render.ts';
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

/** What clients get from us and give back. */
class TokenPool {
  readonly cursors: string[] = [];
  readonly nodeIds: string[] = [];
  readonly versions = ['42'];
  readonly ids = ['1', 'x', 'y'];

  add(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    for (const [name, value] of Object.entries(data)) {
      if (typeof value !== 'string') this.add(value);
      else if (/cursor/i.test(name)) this.cursors.push(value);
      else if (/nodeId/.test(name)) this.nodeIds.push(value);
    }
  }
}

interface Asked {
  readonly query: string;
  readonly variables: Variables;
}

/** Documents in turn: any that the grammar allows, and lists with filters, orders and groups whose values are variables. */
function* operations({ schema, makeWorld }: Api, random: Random, tokens: TokenPool) {
  const world = makeWorld(random);
  const anything = new DocumentGenerator(schema, random, () => tokens);
  const lists = new QueryGenerator(world, new Oracle(world).related, random);
  const cursorOf = () => pick(random, ['', ...tokens.cursors]);
  while (true) {
    yield withConditions(anything.operation(), random);
    yield withConditions(render(world, [lists.query(), lists.query()], cursorOf), random);
  }
}

/** Fields whose directives take variables. */
function withConditions({ query, variables }: Asked, random: Random): Asked {
  const document = tryParse(query);
  if (document === null) return { query, variables };
  const added: Record<string, unknown> = {};
  const directive = (name: string, argument: string, type: string, value: unknown): string => {
    const variable = `c${Object.keys(added).length}`;
    added[variable] = value;
    declarations.push(`$${variable}: ${type}`);
    return `@${name}(${argument}: $${variable})`;
  };
  const declarations: string[] = [];
  const text = print(
    visit(document, {
      Field(node) {
        const chance = random();
        if (chance > 0.1) return undefined;
        const text =
          chance < 0.05
            ? directive('include', 'if', 'Boolean!', chance < 0.04)
            : directive('consistency', 'mode', 'ConsistencyMode!', pick(random, ['STRONG', 'CACHED', 'SESSION']));
        const [placed] = (parse(`{ a ${text} }`).definitions[0] as OperationDefinitionNode).selectionSet.selections;
        return { ...node, directives: [...(node.directives ?? []), ...placed!.directives!] };
      },
    }),
  );
  if (declarations.length === 0) return { query: text, variables };
  const [, kind, name = '', given, rest] = /^(query|mutation)(?: (\w+))?(?:\(([\s\S]*?)\))?([\s\S]*)$/.exec(text) ?? [];
  if (kind === undefined) return { query, variables };
  const declared = [...(given ? [given] : []), ...declarations].join(', ');
  return { query: `${kind} ${name || 'Q'}(${declared})${rest}`, variables: { ...variables, ...added } };
}

describe.each(APIS)('plans of $name', (api) => {
  it(`are the same, remembered or made anew (${PER_API} documents, SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const tokens = new TokenPool();
    let made = 0;
    let planned = 0;
    for (const { query, variables } of operations(api, random, tokens)) {
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

function tryParse(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
