import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import parsePrometheusText from 'parse-prometheus-text-format';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import operating from '../../../docs/operating.md?raw';
import { IsolateMonitoring } from '../../../src/http/monitoring/isolate-monitoring.ts';
import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import { OPERATION_MODES, OPERATION_SOURCES } from '../../../src/shards/isolate-report.ts';
import { parsePrometheus } from '../../support/metrics/parse-prometheus.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';
import { monitorNamespace } from '../../support/monitoring/monitor-namespace.ts';
import { below, createRandom } from '../../support/random.ts';

const REQUESTS = 10_000;
const TENANTS = 12;

interface Metric {
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
type Families = ReadonlyMap<string, readonly Metric[]>;

interface Answer {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly extensions?: {
    readonly consistency?: { readonly fields: readonly { readonly mode: string; readonly source: string }[] };
    readonly trace?: { readonly rpcs: number; readonly rowsRead: number; readonly rowsWritten: number };
  };
}

const read = (mode: string) =>
  `query Tenant${mode}($id: ID!) @consistency(mode: ${mode}${mode === 'BOUNDED' ? ', maxStalenessMs: 60000' : ''}) { tenant(by: { id: $id }) { id name } }`;
const LIST =
  'query Customers($id: ID!) @consistency(mode: STRONG) { customers(shardKey: $id, first: 5) { nodes { id name } } }';
const CREATE = `mutation CreateCustomer($id: ID!, $name: String!, $email: String!) {
  createCustomer(data: { tenantId: $id, name: $name, email: $email, attributes: {} }) { id }
}`;

/** What is asked, and how often of a hundred. */
const MIX = [
  { share: 30, query: read('CACHED') },
  { share: 15, query: read('STRONG') },
  { share: 10, query: read('BOUNDED') },
  { share: 10, query: read('SESSION') },
  { share: 10, query: LIST },
  { share: 10, query: CREATE },
  // Refused: by validation, by a limit, for a token, for a value; and one that cannot be parsed.
  { share: 5, query: 'query Wrong { nothingOfTheKind }' },
  { share: 3, query: 'query Deep { customers(first: 100000) { nodes { id } } }' },
  { share: 4, query: read('CACHED'), headers: { authorization: 'Bearer not-a-token' } },
  { share: 2, query: read('STRONG'), headers: { 'x-shardql-token': 'nonsense' } },
  { share: 1, query: '{' },
];

describe('the figures of /metrics', () => {
  const lab = new MonitorLab();
  const random = createRandom(20_261_201);
  /** What the client has counted. */
  const requests = new Map<string, number>();
  const codes = new Map<string, number>();
  const latencies = new Map<string, number[]>();
  const sums = { requests: 0, failed: 0, rpcs: 0, rowsRead: 0, rowsWritten: 0 };
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const bindings = {
    SHARDQL_DEVELOPMENT: 'true',
    SHARD: env.SHOP_SHARD,
    CATALOG: env.SHOP_CATALOG,
    MONITOR: monitorNamespace({
      reportIsolate: (report) => lab.run((monitor) => monitor.reportIsolate(structuredClone(report))),
      overview: () => lab.run((monitor) => monitor.overview()),
    }),
  };
  const { handlers } = createWorker({
    ...{ model, migrations: bundle, cache: { recheckMs: 3_600_000 } },
    monitoring: { tellsShardKeys: true },
  });
  const send = async (path: string, init?: RequestInit): Promise<Response> =>
    await handlers.fetch(
      new Request(`http://127.0.0.1${path}`, init) as never,
      bindings as never,
      createExecutionContext(),
    );
  let nextMs = 0;
  let families: Families = new Map();
  /** That library leaves labels of summaries out. */
  let summaries: ReturnType<typeof parsePrometheus> = new Map();

  beforeAll(async () => {
    // Requests take exactly as long as the client says: time passes when they are over, and at no other moment.
    vi.spyOn(Date, 'now').mockImplementation(() => lab.nowMs);
    const finish = IsolateMonitoring.prototype.finish;
    vi.spyOn(IsolateMonitoring.prototype, 'finish').mockImplementation(function (this: IsolateMonitoring, ...given) {
      lab.nowMs += nextMs;
      nextMs = 0;
      finish.apply(this, given);
    });
    for (let tenant = 0; tenant < TENANTS; tenant++) await create(`t${tenant}`);
    for (let count = 0; count < REQUESTS - TENANTS; count++) await request();
    const text = await (await send('/metrics')).text();

    summaries = parsePrometheus(text);
    families = new Map(parsePrometheusText(text).map(({ name, metrics }) => [name, metrics]));
  });

  afterAll(() => vi.restoreAllMocks());

  async function create(id: string): Promise<void> {
    const query =
      'mutation CreateTenant($id: ID!) { createTenant(data: { id: $id, name: "T", plan: FREE, settings: {} }) { id } }';
    await ask({ query, headers: {} }, { id });
  }

  async function request(): Promise<void> {
    let at = below(random, 100);
    const asked = MIX.find(({ share }) => {
      at -= share;
      return at < 0;
    })!;
    const id = `t${below(random, TENANTS)}`;
    const variables = asked.query === CREATE ? { id, name: 'N', email: `${sums.requests}@example.com` } : { id };
    await ask(asked, variables);
  }

  async function ask(
    { query, headers = {} }: { readonly query: string; readonly headers?: object },
    variables: object,
  ): Promise<void> {
    // From a millisecond to a tenth of a second: all within the minutes that quantiles are of.
    const tookMs = Math.floor(10 ** (below(random, 20_000) / 10_000));
    nextMs = tookMs;
    const response = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shardql-trace': '1', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { errors = [], extensions = {} } = await response.json<Answer>();
    const fields = extensions.consistency?.fields ?? [];
    const name = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
    const failures = new Set(errors.map((error) => error.extensions.code));
    const ran =
      extensions.trace !== undefined &&
      !failures.has('GRAPHQL_VALIDATION_FAILED') &&
      !failures.has('GRAPHQL_PARSE_FAILED');
    const mode = OPERATION_MODES[Math.max(0, ...fields.map((field) => OPERATION_MODES.indexOf(field.mode as never)))]!;
    const source =
      OPERATION_SOURCES[Math.max(0, ...fields.map((field) => OPERATION_SOURCES.indexOf(field.source as never)))]!;
    const key = `${ran ? name : '/graphql'} ${mode} ${source}`;
    add(requests, key);
    latencies.set(key, [...(latencies.get(key) ?? []), tookMs]);
    sums.requests++;
    if (errors.length > 0) sums.failed++;
    for (const code of failures) add(codes, code);
    sums.rpcs += extensions.trace?.rpcs ?? 0;
    sums.rowsRead += extensions.trace?.rowsRead ?? 0;
    // A stale answer is refreshed after it was given: by one row, which its trace cannot know of.
    if (source === 'memory') sums.rowsRead += extensions.trace?.rpcs ?? 0;
    sums.rowsWritten += extensions.trace?.rowsWritten ?? 0;
  }

  const metric = (name: string): readonly Metric[] => families.get(name) ?? [];
  const total = (name: string) => metric(name).reduce((sum, { value }) => sum + Number(value), 0);
  const by = (name: string, keyOf: (labels: Readonly<Record<string, string>>) => string) => {
    const values: Record<string, number> = {};
    for (const { labels = {}, value } of metric(name)) {
      values[keyOf(labels)] = (values[keyOf(labels)] ?? 0) + Number(value);
    }
    return values;
  };

  it('have every request, by operation, mode and source', () => {
    expect(sums.requests).toBe(REQUESTS);
    expect(total('shardql_requests_total')).toBe(REQUESTS);
    expect(by('shardql_requests_total', ({ name, mode, source }) => `${name} ${mode} ${source}`)).toEqual(
      Object.fromEntries(requests),
    );
    // There is something of everything.
    for (const mode of ['STRONG', 'BOUNDED', 'SESSION', 'CACHED', 'NONE']) {
      expect(
        [...requests.keys()].some((key) => key.includes(` ${mode} `)),
        mode,
      ).toBe(true);
    }
    for (const source of ['memory', 'shard', 'none']) {
      expect(
        [...requests.keys()].some((key) => key.endsWith(` ${source}`)),
        source,
      ).toBe(true);
    }
  });

  it('have every error, by code', () => {
    expect(codes.size).toBeGreaterThanOrEqual(4);
    expect(total('shardql_requests_failed_total')).toBe(sums.failed);
    expect(by('shardql_request_errors_total', ({ code }) => code!)).toEqual(Object.fromEntries(codes));
    expect(by('shardql_denials_total', ({ code }) => code!)).toMatchObject({
      UNAUTHENTICATED: codes.get('UNAUTHENTICATED'),
    });
  });

  it('have how long requests took: their number and sum exactly, quantiles within 2 %', () => {
    const shown = new Map<string, { count: number; sum: number; quantiles: [quantile: number, seconds: number][] }>();
    for (const { name: sample, labels, value } of summaries.get('shardql_request_duration_seconds')!.samples) {
      const key = `${labels.name} ${labels.mode} ${labels.source}`;
      const its = shown.get(key) ?? { count: 0, sum: 0, quantiles: [] };
      shown.set(key, its);
      if (labels.quantile !== undefined) its.quantiles.push([Number(labels.quantile), value]);
      else its[sample.endsWith('_sum') ? 'sum' : 'count'] = value;
    }
    expect(shown.size).toBe(latencies.size);
    for (const [key, values] of latencies) {
      const { count, sum, quantiles } = shown.get(key)!;
      expect(count, key).toBe(values.length);
      expect(quantiles, key).toHaveLength(3);
      expect(sum, key).toBeCloseTo(values.reduce((all, each) => all + each, 0) / 1_000, 6);
      const sorted = values.toSorted((a, b) => a - b);
      for (const [quantile, seconds] of quantiles) {
        const exact = sorted[Math.floor(quantile * (sorted.length - 1))]! / 1_000;
        expect(Math.abs(seconds - exact), `${key} ${quantile}`).toBeLessThanOrEqual(exact * 0.02);
      }
    }
  });

  it('have what the platform bills', () => {
    // Rows that were shown stale are read again once the answer has been given, unless they are being read already: of such a call no trace knows.
    const refreshed = total('shardql_shard_calls_total') - sums.rpcs;
    expect(refreshed).toBeGreaterThan(0);
    expect(refreshed).toBeLessThanOrEqual(by('shardql_cache_events_total', ({ event }) => event!)['stale-hit']!);
    expect(by('shardql_usage_total', ({ resource }) => resource!)).toMatchObject({
      worker_requests: REQUESTS,
      object_requests: sums.rpcs + refreshed,
      rows_read: sums.rowsRead + refreshed,
      rows_written: sums.rowsWritten,
    });
  });

  it('have costs by operation and by tenant that add up to the same', () => {
    const dollars = total('shardql_operation_cost_dollars_total');
    expect(dollars).toBeGreaterThan(REQUESTS * 0.3e-6);
    expect(total('shardql_tenant_cost_dollars_total')).toBeCloseTo(dollars, 10);
    const tenants = by('shardql_tenant_cost_dollars_total', (labels) => labels.shard_key!);
    expect(Object.keys(tenants)).toHaveLength(TENANTS + 1);
    expect(tenants.other).toBeLessThan(dollars / 2);
  });

  it('have totals of all operations that need no sum', () => {
    expect(total('shardql_all_requests_total')).toBe(total('shardql_requests_total'));
    expect(total('shardql_all_requests_failed_total')).toBe(total('shardql_requests_failed_total'));
    expect(total('shardql_all_cost_dollars_total')).toBeCloseTo(total('shardql_operation_cost_dollars_total'), 10);
  });

  it('are in docs/operating.md, each family of them', () => {
    const missing = [...summaries.keys()].filter((name) => !operating.includes(`\`${name}\``));
    expect(missing).toEqual([]);
    expect(summaries.size).toBeGreaterThan(40);
  });

  it('have the caches', () => {
    const documents = by('shardql_document_cache_total', ({ result }) => result!);
    expect(documents.hit).toBeGreaterThan(REQUESTS * 0.8);
    const plans = by('shardql_plan_cache_total', ({ result }) => result!);
    expect(plans.hit).toBeGreaterThan(REQUESTS * 0.5);
    const hits = by('shardql_cache_events_total', ({ event, layer }) => `${event} ${layer}`);
    const fromMemory = [...requests].filter(([key]) => key.endsWith(' memory'));
    expect(hits['hit memory']! + hits['stale-hit memory']!).toBe(fromMemory.reduce((sum, [, count]) => sum + count, 0));
  });
});
