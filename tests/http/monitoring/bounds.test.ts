import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { EventCounters } from '../../../src/events/counters.ts';
import { IsolateRecorder } from '../../../src/http/monitoring/isolate-recorder.ts';
import { OperationIdentities } from '../../../src/http/monitoring/operation-identity.ts';
import { RequestMeter } from '../../../src/http/monitoring/request-meter.ts';
import { ShardCallCounts } from '../../../src/shards/client/routing/shard-call-counts.ts';
import { type KeyCalls, MAX_KEY_OPERATIONS, OTHER } from '../../../src/shards/isolate-report.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { operationOf, reportOf } from '../../support/monitoring/make-report.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';

const recorderOf = () => new IsolateRecorder({ counters: new EventCounters(), shardCalls: new ShardCallCounts() });

const schema = buildSchema(`
  scalar JSON
  enum Color { RED }
  input Tag { name: String, color: Color, data: JSON }
  type Query { a(id: ID, n: Int, f: Float, l: [ID], json: JSON, many: [JSON], tag: Tag): Int }
`);

function meterOf(query: string, shardKey: ShardKey | null = null): RequestMeter {
  const meter = new RequestMeter('request', '/graphql', 0, new OperationIdentities());
  meter.ran(parse(query), null, schema);
  meter.touched(shardKey);
  return meter;
}

describe('what an isolate counts', () => {
  it('is bounded, however many operations clients invent, and however long that goes on', () => {
    const recorder = recorderOf();
    for (let period = 0; period < 8; period++) {
      for (let at = 0; at < 199; at++) recorder.finished(meterOf(`{ a${period}x${at}: __typename }`), 1);
      for (let before = 0; before < period; before++) {
        for (let at = 0; at < 199; at++) recorder.finished(meterOf(`{ a${before}x${at}: __typename }`), 1);
      }
      const { counts } = recorder.take();
      expect(counts.operations.length).toBeLessThanOrEqual(201);
      const asked = counts.operations.reduce((sum, { requests }) => sum + requests, 0);
      expect(asked).toBe(199 * (period + 1));
      expect(counts.operations.some(({ hash }) => hash === OTHER)).toBe(period > 0);
    }
  });

  it('is bounded, however long the texts of clients are', () => {
    const recorder = recorderOf();
    const long = 'x'.repeat(1_000_000);
    recorder.finished(meterOf(`query ${long} { ${long}: __typename }`, JSON.stringify([long]) as ShardKey), 1);
    const taken = recorder.take();
    expect(JSON.stringify(taken).length).toBeLessThan(10_000);
    expect(taken.counts.operations[0]!.requests).toBe(1);
  });

  it('tells which operations are asked for a shard key most often, and no more of them than there is room for', () => {
    const recorder = recorderOf();
    const key = 't:busy' as ShardKey;
    for (let at = 0; at < 50; at++) {
      recorder.finished(meterOf('query Often { a }', key), 1);
      recorder.finished(meterOf(`query Once${at} { a${at}: a }`, key), 1);
    }
    recorder.finished(meterOf('query None { a }'), 1);
    const { counts } = recorder.take();
    const often = counts.operations.find(({ name }) => name === 'Often')!.hash;
    const [busy, rest] = counts.keys as [KeyCalls, KeyCalls];
    expect(busy).toMatchObject({ shardKey: key, requests: 100, operations: { [often]: 50 } });
    expect(Object.keys(busy.operations!)).toHaveLength(MAX_KEY_OPERATIONS);
    expect(rest.operations).toEqual({});
  });

  it('has no values of literals', () => {
    const recorder = recorderOf();
    recorder.finished(meterOf('{ a(id: "secret", n: 4711, f: 1.5, l: ["s1", "s2"]) }'), 1);
    recorder.finished(meterOf('{ a(id: "other", n: 1, f: 2.5, l: ["s3"]) }'), 1);
    const { counts, documents } = recorder.take();
    expect(counts.operations).toMatchObject([{ requests: 2 }]);
    expect(documents).toHaveLength(1);
    expect(documents[0]!.text).not.toMatch(/secret|4711|1\.5|s1/);
  });
});

describe('what an isolate tells of a document', () => {
  const textOf = (query: string): string => {
    const recorder = recorderOf();
    recorder.finished(meterOf(query), 1);
    return recorder.take().documents[0]!.text;
  };

  it('has no members of JSON, wherever that is', () => {
    const json = '{ alice: 1, b: alice, c: { alice: true } }';
    expect(textOf(`{ a(json: ${json}) }`)).toBe('{\n  a(json: {})\n}');
    expect(textOf(`{ a(json: alice) }`)).toBe('{\n  a(json: "")\n}');
    expect(textOf(`{ a(json: [${json}, alice]) }`)).toBe('{\n  a(json: [{}])\n}');
    expect(textOf(`{ a(many: [alice, ${json}]) }`)).toBe('{\n  a(many: [""])\n}');
    expect(textOf(`query Q($v: JSON = ${json}) { a(json: $v) }`)).not.toContain('alice');
  });

  it('has the members and enum values of the schema', () => {
    const text = textOf('{ a(tag: { name: "alice", color: RED, data: { alice: 1 } }) }');
    expect(text).toBe('{\n  a(tag: {name: "", color: RED, data: {}})\n}');
  });
});

describe('the totals of the monitor', () => {
  it('may be more than a row has room for', async () => {
    const lab = new MonitorLab();
    // As many as there are, with names that take what they may, and half of a pair of surrogates among them.
    const operations = Array.from({ length: 190 }, (_, at) =>
      operationOf({ hash: `${at}`, name: `${'\ud83d\ude00'.repeat(4_000)}\ud83d${at}` }),
    );
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 1, lab.nowMs, { operations })));
    await lab.alarm();
    expect(await lab.rowsOf('_totals')).toBeGreaterThan(1);
    const totals = await lab.run((monitor) => monitor.totals());
    expect(totals.operations.find(({ hash }) => hash === '7')!.name).toBe(operations[7]!.name);
    await lab.run((monitor) => monitor.reportIsolate(reportOf('a', 2, lab.nowMs, { operations: [operationOf()] })));
    await lab.alarm();
    const after = await lab.run((monitor) => monitor.totals());
    expect(after.operations.filter(({ kind }) => kind === 'query')).toHaveLength(191);
  });
});
