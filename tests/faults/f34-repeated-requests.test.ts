/**
 * F34: clients repeat mutations under their idempotency keys, since a third of all answers of shards is lost, and at once where
 * they have no patience; shards restart meanwhile. Each change is made once, and all answers to a key are the same bytes.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { GraphQLAnswer } from '../support/graphql.ts';
import { createRouter, currentMap, resetError } from '../support/in-process-router.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { below, createRandom, pick } from '../support/random.ts';

const PER_ROUND = 12;
const runs = propertyRuns(72);
const random = createRandom(runs.seed);

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
};

/** As a client does that must know: until there is an answer that says what came of it. */
async function askUntilKnown({ query, variables }: Change): Promise<GraphQLAnswer> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await pick(random, routers).graphql(query, variables);
    if (answer.errors.length === 0) return answer;
    expect(answer.errors, JSON.stringify([query, variables, answer.errors])).toMatchObject([
      { extensions: { retryable: true } },
    ]);
  }
  throw new Error('Expected an answer within 50 attempts.');
}

const bytesOf = ({ data, extensions }: GraphQLAnswer): string => JSON.stringify([data, extensions.operations]);

it(`F34: repeated requests have one effect and one answer (${describeRuns(runs)})`, async () => {
  const tenants = new Set<string>();
  const customers = new Set<string>();
  let count = 0;
  const origins = new Set<string>();
  const newChange = (name: keyof typeof QUERIES, email: string): Change => ({
    query: QUERIES[name],
    variables: { key: `key-${++count}`, tenant: pick(random, [...tenants].slice(0, 50)), email, name: `name-${count}` },
  });

  /** Sends a change once to three times at once, and again later. */
  const make = async (change: Change): Promise<GraphQLAnswer> => {
    const patience = 1 + below(random, 3);
    const answers = await Promise.all(Array.from({ length: patience }, () => askUntilKnown(change)));
    answers.push(await askUntilKnown(change));
    expect(new Set(answers.map(bytesOf)).size).toBe(1);
    const [{ operationId }, ...others] = answers[0]!.extensions.operations;
    expect(others).toEqual([]);
    origins.add(operationId.split('@')[0]);
    return answers[0]!;
  };

  tenants.add('none');
  const first = await make(newChange('tenant', ''));
  tenants.delete('none');
  tenants.add(first.data.m.id);
  while (count < runs.numRuns) {
    // Those of a round run at once, so none of them may be about the row of another.
    const known = [...customers].slice(-PER_ROUND);
    const round = Array.from({ length: PER_ROUND }, async () => {
      const email = known.pop();
      const kind = random();
      if (email !== undefined && kind < 0.3) return void (await make(newChange('update', email)));
      if (email !== undefined && kind < 0.5) {
        await make(newChange('remove', email));
        return void customers.delete(email);
      }
      if (kind < 0.6) return void tenants.add((await make(newChange('tenant', ''))).data.m.id);
      const created = `c${count + 1}@x.org`;
      await make(newChange('create', created));
      customers.add(created);
    });
    await Promise.all(round);
    if (random() < 0.2) await evictDurableObject(env.SHARD.getByName(pick(random, (await currentMap()).shards).name));
  }

  const found = { tenants: 0, customers: 0, origins: 0 };
  for (const { name } of (await currentMap()).shards) {
    await runInDurableObject(env.SHARD.getByName(name), async (_shard, { storage }) => {
      const value = (sql: string) => [...storage.sql.exec(sql).raw()][0]![0] as number;
      found.tenants += value('SELECT count(*) FROM tenants');
      found.customers += value('SELECT count(*) FROM customers');
      found.origins += value('SELECT count(*) FROM (SELECT DISTINCT origin, version FROM _log)');
    });
  }
  expect(found).toEqual({ tenants: tenants.size, customers: customers.size, origins: origins.size });
  expect(origins.size).toBe(count);
});
