/**
 * ACID, shown from outside: clients append to lists and move money in transactions over the public API, while the whole server, Node and
 * workerd, is killed. What they saw is written down and judged by a program of its own, which knows nothing of the product.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { killTree } from '../support/node/kill-tree.ts';
import { below, createRandom, pick, type Random, seedOfRun } from '../support/random.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';
import { encodeHistory, type Transaction } from './acid/history.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const CLIENTS = 8;
const LISTS = ['a', 'b', 'c', 'd'];
const ACCOUNTS = ['v', 'w', 'x', 'y'];
const BALANCE = 100;
const LEAST_TRANSACTIONS = 60;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-acid-'));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

const TRANSACTION = `mutation ($operations: [OperationInput!]!) {
  transaction(operations: $operations) { results { node { ... on Customer { id name } } } }
}`;
const LOOK = `query ($tenant: ID!) @consistency(mode: STRONG) {
  customers(shardKey: $tenant, first: 10) { nodes { id name } }
}`;
const BALANCES = `query ($tenant: ID!) @consistency(mode: STRONG) {
  products(shardKey: $tenant, first: 10) { nodes { id stock } }
}`;

interface Named {
  readonly id: string;
  readonly name: string;
}

const toLists = (nodes: readonly (Named | null)[]): Transaction['lists'] =>
  Object.fromEntries(nodes.flatMap((node) => (node?.id ? [[node.id, node.name.split(',').slice(1).map(Number)]] : [])));

/** Who has asked for something; `transactions` is the history so far. */
class Client {
  readonly #server: ServerProcess;
  readonly #tenant: string;
  readonly #random: Random;
  readonly #transactions: Transaction[];
  static #nextValue = 1;

  constructor(server: ServerProcess, tenant: string, random: Random, transactions: Transaction[]) {
    this.#server = server;
    this.#tenant = tenant;
    this.#random = random;
    this.#transactions = transactions;
  }

  /** False: there is no server any more. */
  step(): Promise<boolean> {
    const at = this.#random();
    if (at < 0.5) return this.#append(at < 0.05);
    if (at < 0.7) return this.look();
    return at < 0.9 ? this.#transfer() : this.balances();
  }

  /** Appends to one or several lists, perhaps with an operation that cannot be done. */
  #append(fails: boolean): Promise<boolean> {
    const appends = Array.from(
      { length: 1 + below(this.#random, 3) },
      () => [pick(this.#random, LISTS), Client.#nextValue++] as const,
    );
    const operations: object[] = appends.map(([list, value]) => ({
      updateCustomer: { by: { id: list }, shardKey: this.#tenant, atomic: { name: { append: `,${value}` } } },
    }));
    if (fails) operations.push(this.#move(pick(this.#random, ACCOUNTS), { decrement: 10 * ACCOUNTS.length * BALANCE }));
    return this.#send(TRANSACTION, { operations }, appends, ({ transaction }) => ({
      lists: toLists(transaction.results.map(({ node }: { node: Named | null }) => node)),
    }));
  }

  #transfer(): Promise<boolean> {
    const [from, to] = [pick(this.#random, ACCOUNTS), pick(this.#random, ACCOUNTS)];
    const amount = 1 + below(this.#random, 40);
    const operations = [this.#move(from, { decrement: amount }), this.#move(to, { increment: amount })];
    return this.#send(TRANSACTION, { operations }, [], () => ({}));
  }

  #move(account: string, stock: object): object {
    return { updateProduct: { by: { id: account }, shardKey: this.#tenant, atomic: { stock } } };
  }

  look(): Promise<boolean> {
    return this.#send(LOOK, { tenant: this.#tenant }, [], ({ customers }) => ({ lists: toLists(customers.nodes) }));
  }

  balances(): Promise<boolean> {
    return this.#send(BALANCES, { tenant: this.#tenant }, [], ({ products }) => ({
      accounts: Object.fromEntries(products.nodes.map(({ id, stock }: { id: string; stock: number }) => [id, stock])),
    }));
  }

  async #send(
    document: string,
    variables: Record<string, unknown>,
    appends: Transaction['appends'],
    // biome-ignore lint/suspicious/noExplicitAny: answers of the API.
    seenIn: (data: any) => Partial<Transaction>,
  ): Promise<boolean> {
    const beganAt = performance.now();
    const answer = await this.#server.graphql(document, variables).catch(() => null);
    const endedAt = performance.now();
    const nothing = { beganAt, appends, lists: {}, accounts: null };
    if (answer === null) this.#transactions.push({ ...nothing, endedAt: null, outcome: 'unknown' });
    else if (answer.errors.length === 0) {
      this.#transactions.push({ ...nothing, endedAt, outcome: 'ok', ...seenIn(answer.data) });
    } else {
      const code = answer.errors[0]!.extensions?.code;
      // What the model's check refuses; all else would be a fault.
      expect(code, JSON.stringify(answer.errors)).toBe('CHECK_VIOLATION');
      this.#transactions.push({ ...nothing, endedAt, outcome: 'failed' });
    }
    return answer !== null;
  }
}

async function createRows({ graphql }: ServerProcess, tenant: string): Promise<void> {
  const rows = await graphql(
    `mutation ($tenant: TenantCreateInput!, $lists: [CustomerCreateInput!]!, $accounts: [ProductCreateInput!]!) {
      createTenant(data: $tenant) { id }
      createCustomers(data: $lists) { affectedCount }
      createProducts(data: $accounts) { affectedCount }
    }`,
    {
      tenant: { id: tenant, name: tenant, plan: 'FREE', settings: {} },
      lists: LISTS.map((id) => ({ id, tenantId: tenant, name: 'L', email: `${id}@example.org`, attributes: {} })),
      accounts: ACCOUNTS.map((id) => ({ id, tenantId: tenant, sku: id, name: id, priceCents: 1, stock: BALANCE })),
    },
  );
  expect(rows.errors).toEqual([]);
}

it(
  `transactions are atomic, strictly serializable and durable through ${ROUNDS} kills (SEED=${seed})`,
  async () => {
    let count = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const tenant = `acid-${round}`;
      const transactions: Transaction[] = [];
      server ??= await startProcess({ data, shards: 2 });
      const running = server;
      await createRows(running, tenant);
      const clients = Array.from({ length: CLIENTS }, async (_, at) => {
        const client = new Client(running, tenant, createRandom(seed + 1_000 * round + at), transactions);
        while (await client.step());
      });
      // Nothing is shown by histories in which little happens.
      while (transactions.length < LEAST_TRANSACTIONS) await pause(20);
      await pause(below(random, 1_000));
      await killTree(running);
      await Promise.all(clients);

      server = await startProcess({ data, shards: 2 });
      const last = new Client(server, tenant, random, transactions);
      expect([await last.look(), await last.balances()]).toEqual([true, true]);
      const file = join(data, `history-${round}.ndjson`);
      writeFileSync(file, encodeHistory({ total: ACCOUNTS.length * BALANCE, transactions }));
      const checker = join(import.meta.dirname, 'acid/check-history.ts');
      const { stdout, stderr, status } = spawnSync(process.execPath, [checker, file], { encoding: 'utf8' });
      expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
      count += transactions.length;
    }
    console.log(`${count} transactions through ${ROUNDS} kills`);
  },
  ROUNDS * 60_000,
);
