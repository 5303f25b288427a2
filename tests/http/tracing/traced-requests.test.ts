/** What requests tell of the trace that they are part of: to shards, to the log, to code of their own, and to their clients. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineExtensions } from '../../../src/index.ts';
import shopModel from '../../../src/schema/model.ts';
import { graphql, shopWorker } from '../support.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-00`;
const DEPLOYED = { SHARDQL_OPERATOR_TOKEN: 'x'.repeat(32) };
const asOperator = { authorization: `Bearer ${'x'.repeat(32)}` };

afterEach(() => void vi.restoreAllMocks());

describe('a trace', () => {
  const extensions = defineExtensions(shopModel, ({ builder }) => {
    builder.queryFields((t) => ({
      sentHeaders: t.string({ resolve: (_root, _args, { traceHeaders }) => JSON.stringify(traceHeaders) }),
      broken: t.string({
        resolve: () => {
          throw new Error('out of order');
        },
      }),
    }));
  });
  const send = shopWorker(DEPLOYED, { extensions });

  it("is continued by headers that code of one's own may send", async () => {
    const ask = async (headers: Readonly<Record<string, string>>) => {
      const answer = await send('/graphql', graphql('{ sentHeaders }', { ...asOperator, ...headers }));
      return JSON.parse((await answer.json<{ data: { sentHeaders: string } }>()).data.sentHeaders);
    };
    expect(await ask({ traceparent, tracestate: 'rojo=1' })).toEqual({ traceparent, tracestate: 'rojo=1' });
    expect(await ask({})).toEqual({});
    expect(await ask({ traceparent: traceparent.toUpperCase(), tracestate: 'rojo=1' })).toEqual({});
  });

  it('is named in the log where the request fails', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await send('/graphql', graphql('{ broken }', { ...asOperator, traceparent }));
    await send('/graphql', graphql('{ broken }', asOperator));
    const [named, unnamed] = log.mock.calls.map(([line]) => JSON.parse(line as string));
    expect(named).toMatchObject({ event: 'request-failed', traceId: TRACE });
    expect(unnamed).toMatchObject({ event: 'request-failed' });
    expect(unnamed).not.toHaveProperty('traceId');
  });
});

describe('extensions.trace', () => {
  interface Step {
    readonly step: string;
    readonly startMs: number;
    readonly durationMs: number;
    readonly method?: string;
    readonly shard?: string;
    readonly rowsRead?: number;
    readonly statements?: readonly { readonly sql: string; readonly times: number; readonly rowsRead: number }[];
  }
  const send = shopWorker();
  const traceOf = async (query: string) => {
    const answer = await send('/graphql', graphql(query, { 'x-shardql-trace': '1' }));
    return (await answer.json<{ extensions: { trace: { rowsRead: number; steps: Step[] } } }>()).extensions.trace;
  };

  it('has each step with its time, and what it cost; of calls to shards, each statement', async () => {
    const { rowsRead, steps } = await traceOf('{ tenants { totalCount } }');
    expect(steps.map(({ step }) => step)).toEqual(['plan', 'shard', 'shard', 'shard', 'shard']);
    let rows = 0;
    for (const { step, startMs, durationMs, method, shard, statements = [] } of steps) {
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeGreaterThanOrEqual(0);
      if (step === 'plan') continue;
      expect([method, shard]).toEqual(['read', expect.stringMatching(/^shard-\d$/)]);
      expect(statements.length).toBeGreaterThan(0);
      for (const statement of statements) {
        expect(statement.sql).toContain('SELECT');
        rows += statement.rowsRead;
      }
    }
    expect(rows).toBe(rowsRead);
  });

  it('has the statements of a write, without values', async () => {
    const data = Array.from({ length: 9 }, (_, at) => `{ id: "trace${at}", name: "n", plan: FREE, settings: {} }`);
    const { steps } = await traceOf(`mutation { createTenants(data: [${data}]) { affectedCount } }`);
    const writes = steps.filter(({ method }) => method === 'write');
    const statements = writes.flatMap((step) => step.statements ?? []);
    expect(statements.map(({ sql }) => sql).join('\n')).toMatch(/INSERT INTO "tenant/);
    expect(JSON.stringify(statements)).not.toContain('trace0');
  });
});

describe('Server-Timing', () => {
  /** `server-timing-metric` of the grammar, with the two parameters that are used. */
  const METRIC = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+;dur=\d+(\.\d+)?(;desc="[^"\\]*")?$/;

  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };

  it('tells browsers in development how long the request took, and its steps', async () => {
    const answer = await shopWorker()('/graphql', graphql('{ tenants { totalCount } }', browser));
    const metrics = answer.headers.get('server-timing')!.split(', ');
    for (const metric of metrics) expect(metric).toMatch(METRIC);
    expect(metrics.map((metric) => metric.split(';')[0])).toEqual(['total', 'plan', 'shards']);
    expect(metrics[2]).toContain('desc="4 times"');
  });

  it('is there whatever is asked, failures included', async () => {
    const send = shopWorker();
    for (const path of ['/ready', '/nowhere', '/graphql'])
      expect((await send(path, { headers: browser })).headers.get('server-timing')).toMatch(/^total;dur=/);
  });

  it('tells other programs if they ask for a trace, and else records nothing', async () => {
    const ask = async (headers: Readonly<Record<string, string>>) =>
      (await shopWorker()('/graphql', graphql('{ tenants { totalCount } }', headers))).headers.get('server-timing');
    expect(await ask({ 'x-shardql-trace': '1' })).toMatch(/^total;dur=.*shards;dur=/);
    const others: Record<string, string>[] = [{}, { 'user-agent': 'curl/8.14.1' }, { traceparent }];
    for (const headers of others) expect(await ask(headers)).toBeNull();
  });

  it('is absent on a deployment, for operators too', async () => {
    const send = shopWorker(DEPLOYED);
    const answer = await send(
      '/graphql',
      graphql('{ tenants { totalCount } }', { ...asOperator, ...browser, traceparent }),
    );
    expect(answer.headers.has('server-timing')).toBe(false);
  });
});
