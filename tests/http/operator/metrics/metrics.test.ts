import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import {
  histogramSamples,
  type MetricSample,
  prometheusText,
} from '../../../../src/http/operator/metrics/prometheus-text.ts';
import { parsePrometheus } from '../../../support/metrics/parse-prometheus.ts';
import { failureOf, graphql, shopWorker } from '../../support.ts';

const EMPTY_KV = {
  get: async (keys: string | string[]) => (Array.isArray(keys) ? new Map(keys.map((key) => [key, null])) : null),
  put: async () => {},
};

describe('the text of metrics', () => {
  it('gives back labels and help, whatever is in them', () => {
    const nasty = 'a "b" \\ c\nd},{e=,';
    const samples: readonly MetricSample[] = [
      { labels: { shard: nasty, other: '' }, value: 1.5 },
      { labels: {}, value: 0 },
    ];
    const text = prometheusText([
      { name: 'x_total', type: 'counter', help: 'two\nlines \\', samples },
      { name: 'y', type: 'gauge', help: 'none', samples: [] },
    ]);
    const families = parsePrometheus(text);
    expect(families.get('x_total')).toEqual({
      type: 'counter',
      help: 'two\nlines \\',
      samples: samples.map((sample) => ({ name: 'x_total', ...sample })),
    });
    expect(families.get('y')!.samples).toEqual([]);
  });

  it('adds the buckets of a histogram up', () => {
    const samples = histogramSamples({ shard: 's' }, [0.1, 1], [2, 0, 3], 12.5);
    const text = prometheusText([{ name: 'lag', type: 'histogram', help: '', samples }]);
    const parsed = parsePrometheus(text).get('lag')!.samples;
    expect(parsed.map(({ name, labels, value }) => [name, labels.le, value])).toEqual([
      ['lag_bucket', '0.1', 2],
      ['lag_bucket', '1', 2],
      ['lag_bucket', '+Inf', 5],
      ['lag_sum', undefined, 12.5],
      ['lag_count', undefined, 5],
    ]);
  });
});

describe('GET /metrics', () => {
  it('tells hits and misses by layer and table, KV operations, and every shard', async () => {
    // However slow the machine is, no entry is looked at again.
    const cache = { recheckMs: 600_000, kvDistanceMs: 0 };
    const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true', KV: EMPTY_KV }, { cache });
    const query = '{ tenant(by: { id: "metrics" }) @consistency(mode: CACHED) { name } }';
    for (let count = 0; count < 3; count++) await send('/graphql', graphql(query));
    const answer = await send('/metrics?live=1');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parsePrometheus(await answer.text());
    const events = families
      .get('shardql_cache_events_total')!
      .samples.map(({ labels, value }) => [labels.event, labels.layer, labels.table, value]);
    expect(events).toContainEqual(['miss', 'shard', 'Tenant', 1]);
    expect(events).toContainEqual(['hit', 'memory', 'Tenant', 2]);
    const operations = families.get('shardql_cache_kv_operations_total')!.samples;
    expect(operations.find(({ labels }) => labels.operation === 'get')!.value).toBe(1);
    const up = families.get('shardql_shard_up')!.samples;
    expect(up.length).toBeGreaterThan(1);
    expect(up.every(({ value }) => value === 1)).toBe(true);
    for (const family of families.values()) expect(family.help).not.toBe('');
  });

  it('asks no shard unless it is told to', async () => {
    const asked: string[] = [];
    const shards = env.SHARD as unknown as DurableObjectNamespace;
    const SHARD = {
      idFromName: (name: string) => shards.idFromName(name),
      get: (id: DurableObjectId) => {
        asked.push(id.name!);
        return shards.get(id);
      },
    };
    const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true', SHARD });
    const families = parsePrometheus(await (await send('/metrics')).text());
    const status = await send('/status');
    expect(asked).toEqual([]);
    expect(families.get('shardql_shards')!.samples).toMatchObject([{ value: 4 }]);
    expect(families.has('shardql_shard_up')).toBe(false);
    expect(((await status.json()) as { shards: unknown[] }).shards).toHaveLength(4);
    await send('/status?live=1');
    expect(asked).toHaveLength(4);
    expect(await failureOf(await send('/status?live=yes'))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it('is for developers alone', async () => {
    expect(await failureOf(await shopWorker({})('/metrics'))).toMatchObject({ status: 401 });
    expect(await failureOf(await shopWorker()('/metrics', { method: 'POST' }))).toMatchObject({ status: 405 });
  });
});
