import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoTraffic } from '../../scripts/cli/demo-load/traffic.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
let server: Server;
beforeAll(async () => {
  server = await startServer({ demo: true });
});
afterAll(async () => {
  workplace.remove();
  await server.stop();
});

const load = (...args: readonly string[]) => workplace.run(['demo-load', '--url', server.origin, ...args]);
const reviews = async (): Promise<number> =>
  (await server.graphql('query @consistency(mode: STRONG) { reviews { totalCount } }')).data.reviews.totalCount;

describe('shardql demo-load', () => {
  it('sends what it says, of all kinds, and nothing that the demo refuses', async () => {
    const before = await reviews();
    const { code, stdout, stderr } = await load('--rate', '60', '--seconds', '10', '--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^10\/10 s: \d+ requests\/s, p50 \d+\.\d ms, p95 \d+\.\d ms, 0 errors\n$/);
    const { total, operations, leftOut } = JSON.parse(stdout);
    expect(total.errors).toEqual({});
    expect(total.requests + leftOut).toBeGreaterThan(590);
    expect(operations).toHaveLength(10);
    const created = operations.find(({ name }: { name: string }) => name === 'Review').requests;
    expect(created).toBeGreaterThan(0);
    expect((await reviews()) - before).toBe(created);
  });

  it('shows a line for each operation, and for all of them', async () => {
    const { stdout } = await load('--rate', '20', '--seconds', '1');
    expect(stdout).toMatch(/^OPERATION +REQUESTS +P50 MS +P95 MS +MAX MS +ERRORS\n/);
    expect(stdout).toMatch(/\nall +\d+ +\d+\.\d +\d+\.\d +\d+\.\d\n\n\d+ requests in 1 s: \d+\.\d per second\n$/);
  });

  it('refuses an API without the demo, and numbers that are none', async () => {
    const empty = await startServer();
    try {
      const { code, stderr } = await workplace.run(['demo-load', '--url', empty.origin]);
      expect([code, stderr]).toEqual([
        2,
        `Expected ${empty.origin} to serve the demo's shops, but: it has no customers or no products. npm start loads their rows.\n`,
      ]);
    } finally {
      await empty.stop();
    }
    const { code, stderr } = await load('--rate', '0');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('Expected a whole number from 1 to 2000, but got "0".'),
    ]);
  });

  it('chooses the same requests for the same seed', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => {
      const traffic = new DemoTraffic(seed);
      return Array.from({ length: 50 }, () => traffic.next());
    });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
});
