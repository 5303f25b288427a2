import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex, contentOf } from './index-content.ts';
import { searchLabBundle, searchLabModel } from './search-lab.ts';

const runs = propertyRuns(20);
const indexes = searchIndexes(searchLabModel);
const STONE = '9007199254740993';

const word = fc.constantFrom(
  'alpha',
  'Älpha',
  'beta-gamma',
  '',
  '日本語',
  '🎉',
  "it's",
  'a"b',
  'nul\0nul',
  'x'.repeat(40_000),
);
const words = fc.option(fc.array(word, { maxLength: 3 }).map((some) => some.join(' ')));
const id = fc.constantFrom('a', 'b', 'c', 'd');
const key = (id: string) => ({ columns: ['tenant', 'id'], values: ['t', id] });

const operation = (table: 'Folder' | 'Page'): fc.Arbitrary<RowOperation> => {
  const values =
    table === 'Folder'
      ? fc.record({ parent: fc.option(id), title: words, rank: fc.option(id) })
      : fc.record({ tag: fc.option(id), body: words, oid: words });
  return fc.oneof(
    fc.tuple(id, values).map(([id, some]) => {
      return { kind: 'create' as const, table, values: { tenant: 't', id, ...some }, select: null };
    }),
    fc.tuple(id, values).map(([id, set]) => {
      return {
        kind: 'update' as const,
        table,
        key: key(id),
        set,
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      };
    }),
    id.map((id) => ({
      kind: 'delete' as const,
      table,
      key: key(id),
      within: null,
      expectedVersion: null,
      select: null,
    })),
  );
};

type Step =
  | { readonly kind: 'write'; readonly operations: readonly RowOperation[] }
  | { readonly kind: 'import'; readonly rows: readonly (readonly (string | null)[])[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      operations: fc.array(fc.oneof(operation('Folder'), operation('Page')), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      rows: fc.array(fc.tuple(fc.constant('t'), id, words), { maxLength: 5 }),
    }),
  },
);

const apply = (shard: LabShard, step: Step) =>
  step.kind === 'write'
    ? shard.write('t:t', step.operations)
    : shard.import('Page', ['tenant', 'id', 'body'], step.rows);

it(`holds what a new index would, after any writes, cascades, imports, failures and undos (${describeRuns(runs)})`, {
  timeout: 60_000 + 1_000 * runs.numRuns,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) =>
      inNewShard(searchLabModel, searchLabBundle, (shard) => {
        const before = indexes.map((index) => contentOf(shard, index));
        for (const each of steps) apply(shard, each);
        for (const index of indexes) checkIndex(shard, index);
        shard.state.storage.transactionSync(() => {
          shard.sql.exec('PRAGMA defer_foreign_keys = 1');
          for (const row of readLogBackwards(shard.session, 0, 1_000)) undoLogRow(shard.session, row);
        });
        for (const index of indexes) checkIndex(shard, index);
        expect(indexes.map((index) => contentOf(shard, index))).toEqual(before);
      }),
    ),
    runs,
  );
});

it('follows rows by integer keys beyond 2^53', async () => {
  await inNewShard(searchLabModel, searchLabBundle, (shard) => {
    const values = { id: STONE, inscription: 'Ozymandias' };
    const stone = { columns: ['id'], values: [STONE] };
    shard.write(`i:${STONE}`, [{ kind: 'create', table: 'Stone', values, select: null }]);
    expect(
      shard.value('SELECT CAST(rowid AS TEXT) FROM _fts_stones_index WHERE _fts_stones_index MATCH ?', 'ozymandias'),
    ).toBe(STONE);
    shard.write(`i:${STONE}`, [
      {
        kind: 'update',
        table: 'Stone',
        key: stone,
        set: { inscription: 'Ramesses' },
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      },
    ]);
    for (const index of indexes) checkIndex(shard, index);
    expect(shard.value('SELECT count(*) FROM _fts_stones_index WHERE _fts_stones_index MATCH ?', 'ozymandias')).toBe(0);
  });
});

it('leaves the index alone where other columns change', async () => {
  await inNewShard(searchLabModel, searchLabBundle, (shard) => {
    const values = { tenant: 't', id: 'a', body: 'words', oid: '1' };
    shard.write('t:t', [{ kind: 'create', table: 'Page', values, select: null }]);
    const segments = () => shard.rows(`SELECT id, hex(block) FROM "_fts_odd pages' data_index_data"`);
    const before = segments();
    const set = { oid: '2' };
    shard.write('t:t', [
      {
        kind: 'update',
        table: 'Page',
        key: key('a'),
        set,
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      },
    ]);
    expect(segments()).toEqual(before);
  });
});
