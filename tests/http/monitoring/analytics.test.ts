import { describe, expect, it } from 'vitest';
import { graphql, shopWorker } from '../support.ts';

interface Point {
  readonly indexes: readonly string[];
  readonly blobs: readonly string[];
  readonly doubles: readonly number[];
}

describe('the Analytics Engine', () => {
  it('gets one data point for each request, with what it was and took', async () => {
    const points: Point[] = [];
    const send = shopWorker({
      SHARDQL_DEVELOPMENT: 'true',
      ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
      CF_VERSION_METADATA: { id: 'v1', tag: '', timestamp: '' },
    });
    await send('/graphql', graphql('query Named { tenants { totalCount } }'));
    await send('/graphql', graphql('{ tenant(by: { id: "x", id: "y" }) { id } }'));
    await send('/graphql', graphql('{ tenants(first: -1) { totalCount } }'));
    await send('/ready');
    expect(points).toHaveLength(4);
    const [named, invalid, failed, ready] = points as [Point, Point, Point, Point];
    expect(named.indexes).toEqual([named.blobs[2]]);
    expect(named.blobs).toEqual([
      ...['query', 'Named', expect.stringMatching(/^[0-9a-f]{16}$/), 'developer', 'STRONG', 'shard', '', '', 'v1'],
    ]);
    const [durationMs, hasFailed, rowsRead, rowsWritten, calls, ...rest] = named.doubles;
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect([hasFailed, rowsWritten, calls]).toEqual([0, 0, 4]);
    expect(rowsRead).toBeGreaterThan(0);
    expect(rest).toEqual([0, 0, 0]);
    expect([invalid.blobs[0], invalid.blobs[1]]).toEqual(['request', '/graphql']);
    expect([failed.blobs[6], failed.doubles[1]]).toEqual(['BAD_USER_INPUT', 1]);
    expect(ready.blobs.slice(0, 3)).toEqual(['request', '/ready', '/ready']);
    for (const { blobs, doubles, indexes } of points)
      expect([indexes.length, blobs.length, doubles.length]).toEqual([1, 9, 8]);
  });

  it('that fails costs no request anything', async () => {
    const send = shopWorker({
      SHARDQL_DEVELOPMENT: 'true',
      ANALYTICS: {
        writeDataPoint: () => {
          throw new Error('too many');
        },
      },
    });
    expect((await send('/graphql', graphql('{ __typename }'))).status).toBe(200);
  });
});
