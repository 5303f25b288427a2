/** F31: requests that run at the same time. A write is one step: nobody sees half of it, and no update is lost. */
import { beforeAll, expect, it } from 'vitest';
import { errorSummary } from '../support/graphql.ts';
import { createRouter } from '../support/in-process-router.ts';

const routers = [createRouter(), createRouter()];
const router = routers[0]!;

beforeAll(async () => {
  const answer = await router.graphql(`mutation {
    createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id }
    createCustomer(data: { tenantId: "t", id: "c", name: "0", email: "0", phone: "0", attributes: { n: 0 } }) { id }
  }`);
  expect(answer.errors).toEqual([]);
});

const READ = '{ customer(by: { id: "c" }, shardKey: "t") { name email phone version attributes } }';

it('shows each update whole, and versions only grow', async () => {
  const versions = new Set<string>();
  let isWriting = true;
  const writer = async (who: number) => {
    for (let index = 0; index < 40; index++) {
      const answer = await routers[who]!.graphql(
        `mutation ($n: String!, $attributes: JSON!) {
          updateCustomer(by: { id: "c" }, shardKey: "t", data: { name: $n, email: $n, phone: $n, attributes: $attributes }) { version }
        }`,
        { n: `${who}-${index}`, attributes: { n: `${who}-${index}` } },
      );
      expect(answer.errors).toEqual([]);
      versions.add(answer.data.updateCustomer.version);
    }
  };
  const reader = async () => {
    let last = 0n;
    let reads = 0;
    while (isWriting) {
      const { customer } = (await router.graphql(READ)).data;
      expect(new Set([customer.name, customer.email, customer.phone, String(customer.attributes.n)]).size).toBe(1);
      expect(BigInt(customer.version)).toBeGreaterThanOrEqual(last);
      last = BigInt(customer.version);
      reads++;
    }
    return reads;
  };
  const reading = [reader(), reader()];
  await Promise.all([writer(0), writer(1)]);
  isWriting = false;
  expect(Math.min(...(await Promise.all(reading)))).toBeGreaterThan(10);
  expect(versions.size).toBe(80);
});

it('lets one of many racing creates of one unique key win', async () => {
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      routers[index % 2]!.graphql(
        `mutation ($id: ID!) {
          createCustomer(data: { tenantId: "t", id: $id, name: "N", email: "same", attributes: {} }) { id }
        }`,
        { id: `racer-${index}` },
      ),
    ),
  );
  const won = answers.filter(({ errors }) => errors.length === 0);
  expect(won).toHaveLength(1);
  const lost = answers.filter(({ errors }) => errors.length > 0).map(errorSummary);
  expect(new Set(lost.flat())).toEqual(new Set(['createCustomer UNIQUE_VIOLATION']));
  const found = await router.graphql('{ customers(where: { email: { eq: "same" } }) { nodes { id } } }');
  expect(found.data.customers.nodes).toEqual([{ id: won[0]!.data.createCustomer.id }]);
});

it('adds up what clients that compare versions add one by one', async () => {
  await router.graphql('mutation { updateCustomer(by: { id: "c" }, shardKey: "t", data: { phone: "0" }) { id } }');
  const increment = async (which: number) => {
    for (;;) {
      const { customer } = (await routers[which % 2]!.graphql(READ)).data;
      const answer = await routers[which % 2]!.graphql(
        `mutation ($phone: String!, $version: Version!) {
          updateCustomer(by: { id: "c" }, shardKey: "t", data: { phone: $phone }, expectedVersion: $version) { phone }
        }`,
        { phone: String(Number(customer.phone) + 1), version: customer.version },
      );
      if (answer.errors.length === 0) return;
      expect(errorSummary(answer)).toEqual(['updateCustomer CONFLICT']);
    }
  };
  await Promise.all(Array.from({ length: 12 }, (_, which) => increment(which)));
  expect((await router.graphql(READ)).data.customer.phone).toBe('12');
});
