/** Traces as a collector gets them, over the real network: by OTLP's own definition, from requests to shards, KV and the queue. */
import { createServer, type Server as HttpServer, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

const config = 'tests/e2e/dead-letters-worker/wrangler.toml';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SAMPLED = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'rojo=1' };

/** As protobuf has it. */
interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string }[];
  readonly status?: { readonly code: number };
}

/** Generated from OTLP's definition, as OpenTelemetry's own exporters use it. */
const { opentelemetry } = createRequire(import.meta.url)('@opentelemetry/otlp-transformer/build/src/generated/root.js');
const ExportRequest = opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

/**
 * What a collector reads of a body. OTLP's JSON differs from protobuf's only in that ids are hexadecimal digits. Throws for members that
 * the definition does not have, and for values of other types.
 */
function decode(body: string): { readonly service: unknown; readonly spans: readonly DecodedSpan[] } {
  const json = JSON.parse(body, (key, value) =>
    /^(traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );
  const message = ExportRequest.decode(ExportRequest.encode(ExportRequest.fromObject(json)).finish());
  const read = ExportRequest.toObject(message, { longs: String, bytes: String, arrays: false });
  expect(read).toEqual(json);
  const [{ resource, scopeSpans }] = read.resourceSpans;
  return {
    service: attributesOf(resource)['service.name'],
    spans: scopeSpans[0].spans.map((span: Record<string, unknown>) => ({
      ...span,
      traceId: hexOf(span.traceId),
      spanId: hexOf(span.spanId),
      ...(span.parentSpanId !== undefined && { parentSpanId: hexOf(span.parentSpanId) }),
      attributes: attributesOf(span as never),
      links: ((span.links as { traceId: string }[]) ?? []).map(({ traceId }) => ({ traceId: hexOf(traceId) })),
    })),
  };
}

const hexOf = (base64: unknown): string => Buffer.from(base64 as string, 'base64').toString('hex');

const attributesOf = ({ attributes = [] }: { attributes?: { key: string; value: object }[] }) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('a collector', () => {
  let collector: HttpServer;
  let server: Server;
  let status = 200;
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];

  beforeAll(async () => {
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
      });
    });
    await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
    const { port } = collector.address() as AddressInfo;
    server = await startServer({
      config,
      shards: 2,
      env: {
        SHARDQL_AUDIT_SHARE: '0',
        SHARDQL_OTLP_URL: `http://127.0.0.1:${port}/v1/traces`,
        SHARDQL_OTLP_HEADERS: 'authorization=Bearer%20secret,x-team=data',
        SHARDQL_SERVICE_NAME: 'shop-api',
      },
    });
  });
  afterAll(async () => {
    await server?.stop();
    collector?.close();
  });
  beforeEach(() => {
    received.length = 0;
    status = 200;
  });

  /** All spans of a trace once there is one of each of these names. */
  async function spansOf(traceId: string, ...names: readonly string[]): Promise<readonly DecodedSpan[]> {
    let spans: readonly DecodedSpan[] = [];
    await expect
      .poll(
        () => {
          spans = received.flatMap(({ body }) => decode(body).spans).filter((span) => span.traceId === traceId);
          return spans.map(({ name }) => name);
        },
        { timeout: 30_000, interval: 100 },
      )
      .toEqual(expect.arrayContaining([...names]));
    return spans;
  }

  it('gets the trace of a request whose sender records it: request, plan, calls, statements, KV', async () => {
    await server.graphql('mutation { createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id } }');
    const before = Date.now();
    await server.graphql('query Named { tenants { totalCount nodes { name } } }', {}, SAMPLED);
    const spans = await spansOf(TRACE, 'POST /graphql', 'plan', 'shard', 'statement');
    const [{ headers, body }] = received as [(typeof received)[0]];
    expect(headers).toMatchObject({
      authorization: 'Bearer secret',
      'x-team': 'data',
      'content-type': 'application/json',
    });
    expect(decode(body).service).toBe('shop-api');
    const root = spans.find(({ name }) => name === 'POST /graphql')!;
    expect(root).toMatchObject({
      parentSpanId: PARENT,
      traceState: 'rojo=1',
      kind: 2,
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': '200',
        'url.path': '/graphql',
        'graphql.operation.name': 'Named',
        'graphql.operation.type': 'query',
        'shardql.role': 'developer',
      },
    });
    expect(Number(root.startTimeUnixNano) / 1e6).toBeGreaterThanOrEqual(before - 1);
    for (const span of spans) {
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      expect(span.status).toBeUndefined();
    }
    const calls = spans.filter(({ name }) => name === 'shard');
    expect(calls.map(({ attributes }) => attributes['shardql.shard']).sort()).toEqual(['shard-0', 'shard-1']);
    for (const call of calls) {
      expect(call).toMatchObject({ parentSpanId: root.spanId, kind: 3, attributes: { 'rpc.method': 'read' } });
      const statements = spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
      expect(statements.length).toBeGreaterThan(0);
      const rows = statements.reduce((sum, { attributes }) => sum + Number(attributes['shardql.rows_read']), 0);
      expect(rows).toBe(Number(call.attributes['shardql.rows_read']));
      for (const { name, attributes } of statements) {
        expect(name).toBe('statement');
        expect(attributes['db.query.text']).toMatch(/SELECT/);
      }
    }
  });

  it('gets what follows a write: the message to the queue, and its batch in the same trace', async () => {
    const cached = 'query @consistency(mode: CACHED) { tenant(by: { id: "q" }) { name } }';
    await server.graphql('mutation { createTenant(data: { id: "q", name: "Q", plan: FREE, settings: {} }) { id } }');
    // Read twice: it goes to KV, so its changes are published.
    await server.graphql(cached);
    await server.graphql(cached);
    const trace = 'a'.repeat(32);
    const rename = async () => {
      const data = `{ name: "${crypto.randomUUID()}" }`;
      await server.graphql(
        `mutation { updateTenant(by: { id: "q" }, data: ${data}) { id } }`,
        {},
        { traceparent: `00-${trace}-${PARENT}-01` },
      );
      await server.graphql(cached);
      return received.flatMap(({ body }) => decode(body).spans).map(({ name }) => name);
    };
    await expect.poll(rename, { timeout: 60_000, interval: 1_000 }).toContain('process invalidations');
    const spans = await spansOf(trace, 'queue', 'process invalidations');
    const sent = spans.filter(({ name }) => name === 'queue');
    const batch = spans.find(({ name }) => name === 'process invalidations')!;
    expect(batch).toMatchObject({ kind: 5, attributes: { 'messaging.operation.type': 'process' } });
    expect(sent.map(({ spanId }) => spanId)).toContain(batch.parentSpanId);
    expect(spans.find(({ parentSpanId }) => parentSpanId === batch.spanId)).toMatchObject({ name: 'shard' });
  });

  it('gets nothing of requests whose sender does not record them, nor of those that say nothing, by default', async () => {
    const unsampled = { traceparent: `00-${'b'.repeat(32)}-${PARENT}-00` };
    for (let at = 0; at < 20; at++) await server.graphql('{ tenants { totalCount } }', {}, at % 2 ? unsampled : {});
    await server.graphql('{ tenants { totalCount } }', {}, { traceparent: `00-${'c'.repeat(32)}-${PARENT}-01` });
    await spansOf('c'.repeat(32), 'POST /graphql');
    const traces = received.flatMap(({ body }) => decode(body).spans).map(({ traceId }) => traceId);
    // What followed the write of the test before may still come.
    expect([...new Set(traces)].filter((id) => id !== 'a'.repeat(32))).toEqual(['c'.repeat(32)]);
  });

  it('that fails costs no request anything, is reported once, and is left alone for a while', async () => {
    status = 400;
    const ask = () => server.graphql('{ tenants { totalCount } }', {}, SAMPLED);
    for (let at = 0; at < 5; at++) expect((await ask()).errors).toEqual([]);
    const events = () =>
      server
        .output()
        .split('\n')
        .filter((line) => line.includes('traces-not-exported'));
    await expect.poll(events, { timeout: 30_000 }).toHaveLength(1);
    expect(JSON.parse(events()[0]!)).toMatchObject({ level: 'warn', error: expect.stringContaining('status 400') });
    expect(events()[0]).not.toContain('secret');
    const asked = received.length;
    for (let at = 0; at < 5; at++) expect((await ask()).errors).toEqual([]);
    expect(received).toHaveLength(asked);
    expect(events()).toHaveLength(1);
  });
});
