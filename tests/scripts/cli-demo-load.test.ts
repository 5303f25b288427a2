import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  it('waits while the demo data is being loaded, and counts none of that as failed', async () => {
    let refused = 0;
    // As npm start: first, all are refused by what holds the port; then the API has it.
    const front = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      if (refused < 2) {
        refused++;
        const extensions = { code: 'SHARD_UNAVAILABLE', retryable: true, retryAfterMs: 1_000 };
        response.writeHead(503, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ errors: [{ message: 'It is being loaded (1,000 rows).', extensions }] }));
        return;
      }
      const answer = await fetch(server.origin + request.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    try {
      const url = `http://127.0.0.1:${port}`;
      const { code, stdout, stderr } = await workplace.run([
        ...['demo-load', '--url', url, '--rate', '10', '--seconds', '1', '--json'],
      ]);
      expect(stderr).toMatch(/^Waiting until the demo data is there: .*It is being loaded \(1,000 rows\)\.\n/);
      expect([code, refused, JSON.parse(stdout).total.errors]).toEqual([0, 2, {}]);
    } finally {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    }
  });

  it('asks for few rows often, for most hardly ever, and for some again at once', () => {
    const traffic = new DemoTraffic(3);
    const asked = Array.from({ length: 5_000 }, () => traffic.next()).filter(({ name }) => name === 'Profile');
    const times = Map.groupBy(asked, ({ variables }) => JSON.stringify(variables));
    const counts = [...times.values()].map((each) => each.length).sort((a, b) => b - a);
    const top = counts.slice(0, 10).reduce((sum, each) => sum + each, 0);
    expect(top / asked.length).toBeGreaterThan(0.15);
    expect(counts.filter((each) => each === 1).length).toBeGreaterThan(100);
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
