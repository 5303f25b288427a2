import { foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { MigrationBundle } from '../../../../src/model/types.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import type { ShardState } from '../../../../src/shards/server/shard-state.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { rowBucket, valueBucket } from '../../../../src/shards/stamps.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';

const files = sqliteTable('files', { tenant: text().notNull(), id: text().notNull() }, (t) => [
  primaryKey({ columns: [t.tenant, t.id] }),
]);
const pages = sqliteTable(
  'pages',
  { body: text().notNull(), tenant: text().notNull(), id: text().notNull(), file: text().notNull(), author: text() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.file], foreignColumns: [files.tenant, files.id] }).onDelete('cascade'),
  ],
);
const model = defineModel({ File: { table: files, shardKey: 'tenant' }, Page: { table: pages, shardKey: 'tenant' } });
const statements = [
  'CREATE TABLE files (tenant TEXT NOT NULL, id TEXT NOT NULL, _version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant, id))',
  `CREATE TABLE pages (
    body TEXT NOT NULL, tenant TEXT NOT NULL, id TEXT NOT NULL, file TEXT NOT NULL, author TEXT,
    _version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, file) REFERENCES files (tenant, id) ON DELETE CASCADE)`,
];
const migration = { tag: '0000', hash: 'h', schemaHash: 's', renames: [], checks: [], reverts: null, statements };
const bundle: MigrationBundle = { physicalHash: physicalHash(model), migrations: [migration] };

const row = (table: string, values: Record<string, string>): RowOperation => ({
  kind: 'create',
  table,
  values: { tenant: 't', ...values },
  select: null,
});
const deletion = (id: string): RowOperation => ({
  kind: 'delete',
  table: 'File',
  key: { columns: ['tenant', 'id'], values: ['t', id] },
  within: null,
  expectedVersion: null,
  select: null,
});

const PAGES = 40;
const BODY_BYTES = 1_900_000;

it('stamps a cascade over large rows by the beginnings of their images', async () => {
  await inNewShard(model, bundle, (shard) => {
    shard.write('t:t', [row('File', { id: 'f' })]);
    const body = 'x'.repeat(BODY_BYTES);
    for (let at = 0; at < PAGES; at++) shard.write('t:t', [row('Page', { id: `p${at}`, file: 'f', body })]);
    shard.state.freshness.trackCached(['t:t' as ShardKey]);

    const { state, bytes } = countingBytes(shard.state);
    const answer = new LabShard(state, 'cascade').write('t:t', [deletion('f')]);

    const touched = new Map(answer.status === 'OK' ? answer.touched : []);
    const ids = Array.from({ length: PAGES }, (_, at) => rowBucket(['t', `p${at}`]));
    expect(new Set(touched.get('Page'))).toEqual(new Set([...ids, valueBucket(['file'], ['f'])]));
    // All that was deleted is some 80 MB.
    expect(bytes()).toBeLessThan(1_000_000);
  });
});

it('reads the rest of an image where a stamped value is not in its beginning', async () => {
  await inNewShard(model, bundle, (shard) => {
    const long = 'f'.repeat(3_000);
    shard.write('t:t', [row('File', { id: long }), row('Page', { id: 'p', file: long, body: 'x' })]);
    shard.state.freshness.trackCached(['t:t' as ShardKey]);
    const answer = shard.write('t:t', [deletion(long)]);
    const touched = new Map(answer.status === 'OK' ? answer.touched : []);
    expect(new Set(touched.get('Page'))).toEqual(new Set([rowBucket(['t', 'p']), valueBucket(['file'], [long])]));
  });
});

/** The same shard, with what its statements give to JavaScript counted. */
function countingBytes(state: ShardState) {
  let bytes = 0;
  const sizeOf = (cell: unknown): number =>
    cell instanceof ArrayBuffer ? cell.byteLength : typeof cell === 'string' ? cell.length : 8;
  const exec: SqlStorage['exec'] = (query, ...bindings) => {
    const cursor = state.storage.sql.exec(query, ...bindings);
    const raw = cursor.raw.bind(cursor);
    function* counted() {
      for (const row of raw()) {
        for (const cell of row as unknown[]) bytes += sizeOf(cell);
        yield row;
      }
    }
    cursor.raw = counted as unknown as typeof cursor.raw;
    return cursor as never;
  };
  const transactionSync = <T>(work: () => T): T => state.storage.transactionSync(work);
  const storage = { sql: { exec }, transactionSync } as unknown as ShardState['storage'];
  return { state: { ...state, storage }, bytes: () => bytes };
}
