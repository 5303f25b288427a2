import { describe, expect, it } from 'vitest';
import { largeTables } from '../../scripts/cli/doctor/deployment/large-tables.ts';
import { placesOfKeys } from '../../scripts/cli/doctor/deployment/places-of-keys.ts';
import type { KeyPlacement } from '../../scripts/cli/place/place-keys.ts';
import type { ShardFigures } from '../../src/shards/shard-report.ts';
import type { ShardView } from '../../src/shards/shard-view.ts';
import { Workplace } from './run-cli.ts';

const MIB = 2 ** 20;

const view = (shard: string, given: Partial<ShardView>): ShardView => ({
  ...{ shard, slots: [], atMs: 0, figures: null, counts: null, capacity: null, rowsByTable: null, error: null },
  ...given,
});

const figures = (rows: number | null, liveBytes: number, logBytes = 0): ShardFigures => ({
  ...{ rows, liveBytes, logBytes, level: 'ok' as ShardFigures['level'], restorableSince: 0, lastVersion: 0 },
  ...{ migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
});

describe('tables that are migrated in steps', () => {
  it('are told of shards by what they have reported, which may also be that they have none', () => {
    expect(largeTables([view('a', { figures: figures(50_000, 40 * MIB, 8 * MIB) })])).toEqual([]);
    const [line, ...others] = largeTables([
      view('a', { figures: figures(50_001, MIB) }),
      view('b', { figures: figures(10, 41 * MIB, 8 * MIB) }),
      view('c', { figures: figures(10, MIB) }),
    ]);
    expect(line).toMatch(/^a, b: a table may have more than 50,000 rows or 32 MiB there.*--count counts rows by table/);
    expect(others).toEqual([]);
    expect(largeTables([view('d', {})])).toEqual(['d did not tell how many rows there are.']);
  });

  it('are named once their rows are counted, with the shards that have most', () => {
    const counted = (shard: string, rows: number) =>
      view(shard, { figures: figures(rows, 99 * MIB), rowsByTable: { Order: rows, Tenant: 1 } });
    const long = view('long', { figures: figures(10, 100 * MIB), rowsByTable: { Order: 10 } });
    expect(largeTables([long])).toEqual([expect.stringMatching(/^long: a table of fewer, but long rows may have/)]);
    const lines = largeTables([
      counted('a', 50_001),
      counted('b', 90_000),
      { ...counted('c', 50_000), figures: figures(50_000, MIB) },
    ]);
    expect(lines).toEqual([expect.stringMatching(/^Order has up to 90,000 rows on a shard \(a, b\): .*in steps/)]);
  });
});

it('doctor counts nothing without a deployment', async () => {
  const workplace = new Workplace();
  try {
    expect(await workplace.run(['doctor', '--count'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected --count together with --url, but got no --url.'),
    });
  } finally {
    workplace.remove();
  }
});

describe('placed shard keys', () => {
  const placed = (shardKey: string, shard: string, given: Partial<KeyPlacement> = {}): KeyPlacement => ({
    ...{ shardKey, shard, type: 'Tenant', jurisdiction: null, location: null },
    ...given,
  });

  it('are listed by shard, with its place', () => {
    const eu = { jurisdiction: 'eu' };
    const { problems, advice } = placesOfKeys([
      placed('acme', 'eu-0', eu),
      placed('near', 'weur-0', { location: 'weur' }),
      ...Array.from({ length: 6 }, (_, at) => placed(`t${at}`, 'eu-0', eu)),
    ]);
    expect(problems).toEqual([]);
    expect(advice).toEqual([
      'eu-0 (stored in eu alone) has all rows of Tenant acme, Tenant t0, Tenant t1, Tenant t2, Tenant t3 and 2 more.',
      'weur-0 (made near weur) has all rows of Tenant near.',
    ]);
  });

  it('are a problem if no table has shard keys of their kind any more', () => {
    const { problems } = placesOfKeys([placed('acme', 'eu-0', { type: null })]);
    expect(problems).toEqual([expect.stringContaining('the model has none for acme.')]);
  });
});
