/** F36: under overload a shard does not spend its time on what nobody waits for any more. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWorker } from '../../src/index.ts';
import { sender } from '../http/support.ts';
import { Fleet, SHARDS } from '../shards/server/migrate/fleet-lab.ts';
import { before } from '../support/releases/additive-release.ts';

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const DEADLINE_MS = 200;
/** Beyond that, and what clocks may differ by. */
const IN_LINE_MS = 1_000;

it.each([
  ['a write', 'mutation { createItem(data: { tenant: TENANT, id: "late", name: "late", price: 1 }) { id } }'],
  [
    'many',
    'mutation { createItems(data: [{ tenant: TENANT, id: "late", name: "late", price: 1 }]) { affectedCount } }',
  ],
])('F36: %s that has stood in line for longer than its caller waits is not made', async (_, mutation) => {
  const fleet = await Fleet.start(before);
  const tenant = fleet.tenantOf(SHARDS[1]!);
  const { model, bundle: migrations } = before;
  const send = sender(createWorker({ model, migrations, router: { requestDeadlineMs: DEADLINE_MS } }), {
    ...fleet.bindings,
    SHARDQL_DEVELOPMENT: 'true',
  });
  const ask = async (query: string) => {
    const body = JSON.stringify({ query: query.replaceAll('TENANT', `"${tenant}"`) });
    const headers = { 'content-type': 'application/json' };
    // biome-ignore lint/suspicious/noExplicitAny: JSON.
    return await (await send('/graphql', { method: 'POST', headers, body })).json<any>();
  };
  const count = '{ items(shardKey: TENANT) { totalCount } }';
  // The map is known, and the shard has started.
  await ask(count);
  const arrived = Promise.withResolvers<void>();
  fleet.before = async ({ method }) => {
    if (method === 'write') await scheduler.wait(IN_LINE_MS);
  };
  fleet.after = ({ method }) => {
    if (method === 'write') arrived.resolve();
  };
  const { errors } = await ask(mutation);
  expect(errors[0].extensions).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await arrived.promise;
  fleet.before = () => {};
  expect(await ask(count)).toMatchObject({ data: { items: { totalCount: 0 } } });
  expect(await fleet.rows(SHARDS[1]!, 'SELECT count(*) FROM items')).toEqual([[0]]);
});
