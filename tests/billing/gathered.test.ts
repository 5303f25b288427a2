import { afterAll, beforeAll, expect, it } from 'vitest';
import { MeteredApp } from './metered-app.ts';
import { NOTHING } from './usage.ts';

/** Five of them gather the answers of four others each. */
const SHARDS = 25;
const LIST = 'query @consistency(mode: STRONG) { customers(first: 20) { totalCount nodes { id name } } }';

const app = new MeteredApp(SHARDS);
beforeAll(() => app.begin());
afterAll(() => app.end());

it('a list over many shards is one call to each of them, although some gather the answers of others', async () => {
  await app.ask(LIST);
  const { rowsRead: _, ...usage } = await app.measure(() => app.ask(LIST));
  const { rowsRead: __, ...nothing } = NOTHING;
  expect(usage).toEqual({ ...nothing, workerRequests: 1, objectRequests: SHARDS });
});
