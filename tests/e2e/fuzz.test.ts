/**
 * Whatever clients send to the demo, right, wrong or damaged: every error has a code of the contract, nothing internal
 * is shown, no request fails as a whole with 5xx, and the server goes on. `SEED` repeats a run; `RUNS` sets how many
 * documents there are (default 2,000).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problemsOf } from '../support/fuzz/check-answer.ts';
import { DocumentGenerator } from '../support/fuzz/document-generator.ts';
import { mutateOperation } from '../support/fuzz/mutate-operation.ts';
import { createRandom, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { createRows, randomRows } from '../support/shop/rows.ts';

const RUNS = Number(process.env.RUNS || 2_000);
/** Documents on their way at a time. */
const LANES = 6;
const MAX_FAILURES = 5;
const MAX_KEPT_TOKENS = 300;
const seed = seedOfRun();
const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8'));

const COUNTS = { perTenant: { Customer: 5, Product: 4, Order: 8, OrderItem: 12, Review: 6 } };
const PROBE = '{ tenants(first: 1, orderBy: [{ id: ASC }]) { nodes { __typename } } }';

let server: Server;
beforeAll(async () => {
  server = await startServer({ shards: 3 });
  await createRows(randomRows(createRandom(seed), COUNTS), server.graphql);
});
afterAll(() => server?.stop());

it(
  `answers ${RUNS} documents with data or errors of the contract (SEED=${seed})`,
  async () => {
    const random = createRandom(seed);
    const tokens = {
      cursors: [] as string[],
      nodeIds: [] as string[],
      versions: [] as string[],
      ids: ['acme', 'o1', 'c2'],
    };
    const generator = new DocumentGenerator(schema, random, () => tokens);
    const failures: string[] = [];
    const codes = new Map<string, number>();
    let left = RUNS;

    const send = async (body: string) => {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body,
      });
      return { status: response.status, text: await response.text() };
    };
    const keep = (list: string[], found: Iterable<RegExpExecArray>) => {
      for (const [, token] of found) {
        if (list.length < MAX_KEPT_TOKENS) list.push(token!);
        else list[Math.floor(random() * MAX_KEPT_TOKENS)] = token!;
      }
    };
    const lane = async () => {
      while (left-- > 0 && failures.length < MAX_FAILURES) {
        const operation = generator.operation();
        const body = JSON.stringify(random() < 0.5 ? operation : mutateOperation(random, operation));
        const { status, text } = await send(body);
        for (const problem of problemsOf(body, status, text)) failures.push(`${problem}\nfor ${body.slice(0, 6_000)}`);
        keep(tokens.cursors, text.matchAll(/"(?:cursor|startCursor|endCursor)":"([^"\\]{1,400})"/g));
        keep(tokens.nodeIds, text.matchAll(/"nodeId":"([^"\\]{1,400})"/g));
        keep(tokens.versions, text.matchAll(/"version":"([^"\\]{1,40})"/g));
        for (const [, code] of text.matchAll(/"code":"(\w+)"/g)) codes.set(code!, (codes.get(code!) ?? 0) + 1);
        if (!text.includes('"errors"')) codes.set('none', (codes.get('none') ?? 0) + 1);
        if (left % 500 === 0) {
          const alive = await send(JSON.stringify({ query: PROBE }));
          if (!alive.text.includes('"__typename":"Tenant"')) failures.push(`no sign of life: ${alive.text}`);
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(`answers by code: ${JSON.stringify(Object.fromEntries(codes))}`);
    expect(failures.join('\n\n')).toBe('');
    // Else the documents would not reach what they are meant for.
    expect(codes.get('none') ?? 0).toBeGreaterThan(RUNS / 10);
  },
  60_000 + RUNS * 100,
);
