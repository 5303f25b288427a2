/** Keys that hold for the rows that are not deleted: partial unique indexes, told by their condition. */
import { isNull, type SQL, sql } from 'drizzle-orm';
import { primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { dateTime } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { inNewShard } from '../shards/server/lab-shard.ts';
import { migrationsOf } from '../support/create-tables.ts';

const notes = (where: (table: { deletedAt: ReturnType<typeof dateTime> }) => SQL) =>
  sqliteTable(
    'notes',
    { owner: text().notNull(), id: text().notNull(), slug: text(), deletedAt: dateTime('deleted_at') },
    (t) => [
      primaryKey({ columns: [t.owner, t.id] }),
      uniqueIndex('slugs')
        .on(t.owner, t.slug)
        .where(where(t as never)),
    ],
  );

const modelWith = (where: Parameters<typeof notes>[0]) =>
  defineModel({ Note: { table: notes(where), shardKey: 'owner', softDelete: 'deletedAt' } });

it.each([
  ['as SQL', () => sql`deleted_at IS NULL`],
  ['by the column', ({ deletedAt }) => sql`${deletedAt} IS NULL`],
  ['with isNull', ({ deletedAt }) => isNull(deletedAt as never)],
  ['in quotes', () => sql`"deleted_at" is null`],
  ['in brackets', () => sql`([deleted_at] IS NULL)`],
  ['in capitals, over lines', () => sql`DELETED_AT\n  IS NULL`],
] satisfies [string, Parameters<typeof notes>[0]][])('are told %s, and found by upserts', async (_, where) => {
  const model = modelWith(where);
  expect(model.table('Note').uniqueKeys).toMatchObject([{ names: ['owner', 'slug'], liveOnly: true }]);
  await inNewShard(model, migrationsOf(model), (shard) => {
    const upsert = (id: string) => {
      const rows = JSON.stringify([['t', id, 's']]);
      const onConflict = { key: ['owner', 'slug'], set: ['slug'] };
      const answer = shard.write('t:t', [
        {
          kind: 'createMany',
          table: 'Note',
          columns: ['owner', 'id', 'slug'],
          rows,
          onConflict,
          expectedVersions: null,
          select: null,
        },
      ]);
      return JSON.parse((answer as { results: string }).results)[0].outcomes;
    };
    expect(upsert('a')).toEqual(['INSERTED']);
    expect(upsert('b')).toEqual(['UNCHANGED']);
    shard.rows("UPDATE notes SET deleted_at = '2026-01-02T03:04:05.000Z'");
    expect(upsert('b')).toEqual(['INSERTED']);
  });
});

it.each([
  ['of deleted rows', () => sql`deleted_at IS NOT NULL`],
  ['of fewer rows', () => sql`deleted_at IS NULL AND slug <> ''`],
  ['of another column', () => sql`slug IS NULL`],
] satisfies [string, Parameters<typeof notes>[0]][])('are no indexes %s', (_, where) => {
  expect(modelWith(where).table('Note').uniqueKeys).toEqual([]);
});
