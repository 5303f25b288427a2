/**
 * F34: clients repeat mutations under their idempotency keys, since a third of all answers of shards is lost, and at once where
 * they have no patience; shards restart meanwhile. Each change is made once, and all answers to a key are the same bytes.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseOperationId } from '../../src/shards/operation-id.ts';
import type { GraphQLAnswer } from '../support/graphql.ts';
import { createRouter, currentMap, resetError } from '../support/in-process-router.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { below, createRandom, pick } from '../support/random.ts';

const runs = propertyRuns(96);
/** Changes of as many clients at once: most of the time, each waits for the next attempt of a router. */
const PER_ROUND = Math.min(96, Math.ceil(runs.numRuns / 6));
const random = createRandom(runs.seed);

// Each loss that a router gives up on is reported; to print thousands of them takes longer than the rest.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** Two isolates, which know nothing of each other. */
const routers = [0, 1].map(() =>
  createRouter(async ({ method, send }) => {
    const isLost = method === 'write' && random() < 1 / 3;
    if (isLost && random() < 1 / 4) throw resetError();
    const answer = await send();
    if (isLost) throw resetError();
    return answer;
  }),
);

interface Change {
  readonly query: string;
  readonly variables: Readonly<Record<string, string>>;
}

const QUERIES = {
  create: `mutation ($key: String!, $tenant: ID!, $email: String!, $name: String!) {
    m: createCustomer(data: { tenantId: $tenant, email: $email, name: $name, attributes: {} }) @idempotent(key: $key) { id version createdAt }
  }`,
  // Without a shard key: nothing but the row, which may be gone, says where it is.
  update: `mutation ($key: String!, $email: String!, $name: String!) {
    m: updateCustomer(by: { email: $email }, data: { name: $name }) @idempotent(key: $key) { id version name tenantId }
  }`,
  remove: `mutation ($key: String!, $email: String!) { m: deleteCustomer(by: { email: $email }) @idempotent(key: $key) { id version name } }`,
  // With a generated shard key.
  tenant: `mutation ($key: String!, $name: String!) {
    m: createTenant(data: { name: $name, plan: FREE, settings: {} }) @idempotent(key: $key) { id version createdAt }
  }`,
  // In several shards, each of which makes its part by itself.
  tenants: `mutation ($key: String!, $name: String!) {
    m: createTenants(data: [
      { name: $name, plan: FREE, settings: {} }, { name: $name, plan: FREE, settings: {} }, { name: $name, plan: FREE, settings: {} }
    ]) @idempotent(key: $key) { nodes { id version createdAt } results { outcome code } }
  }`,
};

/** As a client does that must know: until there is an answer that says what came of all of it. */
async function askUntilKnown({ query, variables }: Change): Promise<GraphQLAnswer> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await pick(random, routers).graphql(query, variables);
    const failures: string[] = (answer.data?.m?.results ?? []).flatMap(({ code }: BulkResult) => code ?? []);
    if (answer.errors.length === 0 && failures.length === 0) return answer;
    const told = JSON.stringify([query, variables, answer.errors, answer.data]);
    for (const { extensions } of answer.errors) expect(extensions, told).toMatchObject({ retryable: true });
    for (const code of failures) expect(UNKNOWN, told).toContain(code);
  }
  throw new Error('Expected an answer within 50 attempts.');
}

/** What a shard may be said to have failed with that may have written its rows, or was not asked. */
const UNKNOWN = ['OVERLOADED', 'SHARD_UNAVAILABLE', 'DEADLINE_EXCEEDED'];

interface BulkResult {
  readonly code: string | null;
}

const bytesOf = ({ data, extensions }: GraphQLAnswer): string => JSON.stringify([data, extensions.operations]);

/** Commits by origin, shard and version. */
const commitName = (origin: string, shard: string, version: number) => `${origin} ${shard} ${version}`;

/** The newest of these names, and how many there were. */
class Recent {
  readonly #names: string[] = [];
  count = 0;

  add(name: string): void {
    this.count++;
    this.#names.push(name);
    if (this.#names.length > PER_ROUND) this.#names.shift();
  }

  pick(): string {
    return pick(random, this.#names);
  }
}

it(`F34: repeated requests have one effect and one answer (${describeRuns(runs)})`, {
  timeout: 60_000 + 1_000 * runs.numRuns,
}, async () => {
  const tenants = new Recent();
  const customers = new Set<string>();
  let count = 0;
  const commits = new Set<string>();
  const newChange = (name: keyof typeof QUERIES, { tenant = '', email = '' }): Change => {
    count++;
    return { query: QUERIES[name], variables: { key: `key-${count}`, tenant, email, name: `name-${count}` } };
  };

  /** Sends a change once to three times at once, and again later. */
  const make = async (change: Change): Promise<GraphQLAnswer> => {
    const patience = 1 + below(random, 3);
    const answers = await Promise.all(Array.from({ length: patience }, () => askUntilKnown(change)));
    answers.push(await askUntilKnown(change));
    expect(new Set(answers.map(bytesOf)).size).toBe(1);
    const [{ operationId }, ...others] = answers[0]!.extensions.operations;
    expect(others).toEqual([]);
    const made = parseOperationId(operationId);
    for (const { shard, version } of made.commits) commits.add(commitName(made.origin, shard, version));
    return answers[0]!;
  };

  tenants.add((await make(newChange('tenant', {}))).data.m.id);
  while (count < runs.numRuns) {
    // Those of a round run at once, so none of them may be about the row of another.
    const known = [...customers];
    const round = Array.from({ length: PER_ROUND }, async () => {
      // Those that name no shard key ask all shards several times: the others are most of it.
      const kind = random();
      const email = known.pop();
      if (email !== undefined && kind < 0.15) return void (await make(newChange('update', { email })));
      if (email !== undefined && kind < 0.25) {
        await make(newChange('remove', { email }));
        return void customers.delete(email);
      }
      if (kind < 0.3) return tenants.add((await make(newChange('tenant', {}))).data.m.id);
      if (kind < 0.4) {
        const { nodes } = (await make(newChange('tenants', {}))).data.m;
        for (const { id } of nodes) tenants.add(id);
        return;
      }
      const change = newChange('create', { tenant: tenants.pick(), email: `c${count + 1}@x.org` });
      await make(change);
      customers.add(change.variables.email!);
    });
    await Promise.all(round);
    if (random() < 0.2) await evictDurableObject(env.SHARD.getByName(pick(random, (await currentMap()).shards).name));
  }

  const found = { tenants: 0, customers: 0, commits: new Set<string>() };
  for (const { name } of (await currentMap()).shards) {
    await runInDurableObject(env.SHARD.getByName(name), async (_shard, { storage }) => {
      const value = (sql: string) => [...storage.sql.exec(sql).raw()][0]![0] as number;
      found.tenants += value('SELECT count(*) FROM tenants');
      found.customers += value('SELECT count(*) FROM customers');
      for (const [origin, version] of storage.sql.exec('SELECT DISTINCT origin, version FROM _log').raw()) {
        found.commits.add(commitName(origin as string, name, version as number));
      }
    });
  }
  expect(found).toEqual({ tenants: tenants.count, customers: customers.size, commits });
});
