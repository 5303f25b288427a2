/** The walk-through as somebody follows it who has only the page: its queries and commands in their order, on the demo. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readExamples } from '../support/docs/read-examples.ts';
import type { GraphQLAnswer } from '../support/graphql.ts';
import { runScript } from '../support/run-script.ts';
import { type Server, startServer } from '../support/server.ts';

const PAGE = 'docs/walk-through.md';
const text = readFileSync(join(import.meta.dirname, '../..', PAGE), 'utf8');
const examples = readExamples(PAGE, text);
const commands = [...text.matchAll(/^npm run -s shardql -- (.+)$/gm)].map(([, words]) => words!);

let server: Server;
beforeAll(async () => {
  server = await startServer({ demo: true });
});
afterAll(() => server.stop());

/** Asks the query of the page with this name. */
function ask(name: string): Promise<GraphQLAnswer> {
  const example = examples.find(({ query }) => new RegExp(`^(query|mutation) ${name} `).test(query));
  return server.graphql(example!.query);
}

async function run(command: string, operationId: string) {
  const words = command.split(' ').map((word) => (word === '"$OPERATION_ID"' ? operationId : word));
  return runScript('scripts/shardql.ts', ...words, '--url', server.origin);
}

const stock = async (): Promise<readonly number[]> =>
  (await ask('Stock')).data.products.nodes.map((node: { stock: number }) => node.stock);

it('has an order made once that is sent twice, its stock taken once, and none that takes more than there is', async () => {
  const [mugs, shelves] = await stock();
  const first = await ask('Order');
  expect(first.errors).toEqual([]);
  const second = await ask('Order');
  expect(second.data).toEqual(first.data);
  expect(second.extensions.operations).toEqual(first.extensions.operations);
  expect(await stock()).toEqual([mugs! - 2, shelves! - 1]);
  const { customer } = (await ask('Made')).data;
  expect(customer.orders.nodes).toEqual([
    {
      totalCents: 27397,
      items: {
        nodes: [
          { quantity: 2, product: { name: 'Wool Mug', stock: mugs! - 2 } },
          { quantity: 1, product: { name: 'Linen Shelf', stock: shelves! - 1 } },
        ],
      },
    },
  ]);
  const { errors } = await ask('TooMany');
  expect(errors[0]!.extensions).toMatchObject({
    code: 'CHECK_VIOLATION',
    constraint: 'products_stock_not_negative',
    inputPath: ['operations', 1, 'updateProduct', 'atomic'],
  });
  expect((await ask('Made')).data).toEqual({ customer });
});

it('has a wrong delete undone, and the order kept that came in meanwhile', async () => {
  const before = (await ask('After')).data.old.totalCount;
  const found = (await ask('Try')).data.deleteOrders;
  expect(new Set(found.nodes.map(({ status }: { status: string }) => status)).size).toBeGreaterThan(1);
  const mistake = await ask('Mistake');
  expect(mistake.data.deleteOrders.affectedCount).toBe(found.affectedCount);
  expect((await ask('After')).data.old.totalCount).toBe(before - found.affectedCount);
  const another = (await ask('Another')).data.createOrder;

  const [{ operationId }] = mistake.extensions.operations;
  const [preview, undo] = commands as [string, string];
  const shown = await run(preview, operationId);
  expect(shown).toMatchObject({ status: 0, stderr: '' });
  expect(shown.stdout).toMatch(/^preview: rows restored: \d\d/);
  expect((await ask('After')).data.old.totalCount).toBe(before - found.affectedCount);
  const done = await run(undo, operationId);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  const after = (await ask('After')).data;
  expect(after.old.totalCount).toBe(before);
  expect(after.newest.nodes).toEqual([{ totalCents: 11299, items: another.items }]);
});
