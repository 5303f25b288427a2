/** A table that refers to others, and to which others refer, in two releases of which the next one rebuilds it. */
import { foreignKey, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../../../src/model/define-model.ts';
import type { Migration, MigrationBundle, Model } from '../../../../../src/model/types.ts';
import { type MigrationPlan, migrationPlan } from '../../../../../src/shards/migration-plan.ts';
import type { ShardMigration } from '../../../../../src/shards/migration-report.ts';
import type { RowOperation } from '../../../../../src/shards/operation.ts';
import { Migrator } from '../../../../../src/shards/server/migrate/migrator.ts';
import type { RebuildLimits } from '../../../../../src/shards/server/migrate/rebuild/rebuild-steps.ts';
import { readLastVersion } from '../../../../../src/shards/server/tables/clock-table.ts';
import type { LabShard } from '../../lab-shard.ts';
import { bundleOf, init } from '../migration-lab.ts';

interface Changes {
  /** As in {@link next}. */
  readonly isRebuilt?: true;
  readonly hasLabel?: true;
  readonly hasUniqueNames?: true;
  readonly lacksNote?: true;
}

function makeModel({ isRebuilt, hasLabel, hasUniqueNames, lacksNote }: Changes): Model {
  const shops = sqliteTable('shops', { tenant: text().notNull(), id: text().notNull() }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
  ]);
  const items = sqliteTable(
    'items',
    {
      tenant: text().notNull(),
      id: text().notNull(),
      shop: text(),
      name: text(),
      amount: isRebuilt ? real() : integer(),
      ...(!lacksNote && { note: isRebuilt ? text().notNull() : text() }),
      ...(hasLabel && { label: text().notNull().default('none') }),
    },
    (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
      ...(hasUniqueNames ? [unique('items_by_name').on(t.tenant, t.name)] : []),
      foreignKey({ columns: [t.tenant, t.shop], foreignColumns: [shops.tenant, shops.id] }).onDelete('cascade'),
    ],
  );
  const parts = sqliteTable('parts', { tenant: text().notNull(), id: text().notNull(), item: text() }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.item], foreignColumns: [items.tenant, items.id] }).onDelete('cascade'),
  ]);
  return defineModel({
    Shop: { table: shops, shardKey: 'tenant' },
    Item: { table: items, shardKey: 'tenant', search: ['name'] },
    Part: { table: parts, shardKey: 'tenant' },
  });
}

export const oldModel = makeModel({});
export const nextModel = makeModel({ isRebuilt: true, hasUniqueNames: true });

const VERSION = '`_version` integer DEFAULT 0 NOT NULL';
const KEY = 'PRIMARY KEY(`tenant`, `id`)';
const itemsOf = (name: string, columns: string) =>
  `CREATE TABLE \`${name}\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`shop\` text, \`name\` text, ${columns}, ${VERSION}, ${KEY},
   FOREIGN KEY (\`tenant\`,\`shop\`) REFERENCES \`shops\`(\`tenant\`,\`id\`) ON UPDATE no action ON DELETE cascade);`;

export const first: Migration = {
  ...init,
  statements: [
    `CREATE TABLE \`shops\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, ${VERSION}, ${KEY});`,
    itemsOf('items', '`amount` integer, `note` text'),
    `CREATE TABLE \`parts\` (\`tenant\` text NOT NULL, \`id\` text NOT NULL, \`item\` text, ${VERSION}, ${KEY},
     FOREIGN KEY (\`tenant\`,\`item\`) REFERENCES \`items\`(\`tenant\`,\`id\`) ON UPDATE no action ON DELETE cascade);`,
    'CREATE INDEX `items_by_amount` ON `items` (`tenant`,`amount`);',
    'CREATE INDEX `items_by_shop` ON `items` (`tenant`,`shop`);',
  ],
};

/** What becomes of a row, as the rebuild selects it. */
export const NEXT_VALUES = `"tenant", "id", "shop", "name", CAST("amount" AS REAL), coalesce("note", 'none'), "_version"`;

export const next: Migration = {
  ...init,
  tag: '0001_next',
  hash: 'hash of next',
  schemaHash: 'schema of next',
  statements: [
    'PRAGMA foreign_keys=OFF;',
    itemsOf('__new_items', '`amount` real, `note` text NOT NULL'),
    `INSERT INTO \`__new_items\`("tenant", "id", "shop", "name", "amount", "note", "_version") SELECT ${NEXT_VALUES} FROM \`items\`;`,
    'DROP TABLE `items`;',
    'ALTER TABLE `__new_items` RENAME TO `items`;',
    'PRAGMA foreign_keys=ON;',
    'CREATE INDEX `items_by_amount` ON `items` (`tenant`,`amount`);',
    'CREATE INDEX `items_by_shop` ON `items` (`tenant`,`shop`);',
    'CREATE UNIQUE INDEX `items_by_name` ON `items` (`tenant`,`name`);',
  ],
};

export const oldBundle = bundleOf(oldModel, first);
export const nextBundle = bundleOf(nextModel, first, next);
export const nextPlan = migrationPlan(nextBundle, nextModel);

/** A release that follows the old one, by what it does to the items. */
export interface Release {
  readonly model: Model;
  readonly bundle: MigrationBundle;
  readonly plan: MigrationPlan;
}

export function releaseOf(model: Model, statements: readonly string[]): Release {
  const migration = { ...next, hash: statements.join(), schemaHash: 'schema of another', statements };
  const bundle = bundleOf(model, first, migration);
  return { model, bundle, plan: migrationPlan(bundle, model) };
}

const NEXT: Release = { model: nextModel, bundle: nextBundle, plan: nextPlan };
const CHANGED = makeModel({});
const UNIQUE_NAMES = 'CREATE UNIQUE INDEX `items_by_name` ON `items` (`tenant`,`name`);';

/** All kinds of changes that are made in steps. */
export const RELEASES = {
  'a rebuild': NEXT,
  'a rebuild of rows that are mended before': releaseOf(nextModel, [
    "UPDATE items SET note = 'mended ' || coalesce(name, '?') WHERE note IS NULL;",
    ...next.statements.map((sql) => sql.replace('coalesce("note", \'none\')', '"note"')),
  ]),
  'a new column that is filled from others': releaseOf(makeModel({ hasLabel: true }), [
    "ALTER TABLE `items` ADD COLUMN `label` text DEFAULT 'none' NOT NULL;",
    "UPDATE `items` SET `label` = upper(\"items\".\"note\") || ' ' || amount WHERE label = 'none' AND note = 'a' AND amount >= 0;",
    'CREATE INDEX `items_by_label` ON `items` (`tenant`,`label`);',
  ]),
  'other values': releaseOf(CHANGED, [
    "UPDATE items SET note = coalesce(note, 'x'), amount = CASE WHEN note = 'b' THEN '7' ELSE amount * 2 END WHERE amount > 0 OR note IS NULL;",
    'UPDATE items SET name = NULL WHERE name IS NULL;',
  ]),
  'a column that goes': releaseOf(makeModel({ lacksNote: true }), [
    "UPDATE items SET name = note || name WHERE note = 'b';",
    'ALTER TABLE `items` DROP COLUMN `note`;',
  ]),
  indexes: releaseOf(makeModel({ hasUniqueNames: true }), [
    'DROP INDEX `items_by_amount`;',
    UNIQUE_NAMES,
    'CREATE INDEX `items_by_amount` ON `items` (`tenant`,`note`,`amount`) WHERE "items"."amount" > 0;',
  ]),
} as const;

/** Everything large is rebuilt in steps, of some rows each. */
export const SMALL: Partial<RebuildLimits> = { rowsAtOnce: 0, rowsIndexedAtOnce: 1_000, rowsPerStep: 4, lastRows: 2 };
/** Copies have all indexes from the beginning too. */
export const INDEXED: Partial<RebuildLimits> = { ...SMALL, rowsIndexedAtOnce: 0 };

/** A life of the shard's migrator: nothing is remembered from one to the next. */
export function migratorOf(
  shard: LabShard,
  [model, bundle]: readonly [Model, MigrationBundle],
  limits: Partial<RebuildLimits> = SMALL,
  storage: DurableObjectStorage = shard.state.storage,
): Migrator {
  const onCommit = () => shard.state.clock.committed(readLastVersion(shard.session));
  return new Migrator(storage, model, bundle, shard.state.wallClock, null, onCommit, limits);
}

export class Crash extends Error {}

/** Storage of a life that dies in the transaction after so many that stay. */
export function crashingAfter(storage: DurableObjectStorage, transactions: number): DurableObjectStorage {
  let left = transactions;
  const transactionSync = (work: () => unknown) =>
    storage.transactionSync(() => {
      const result = work();
      if (left-- === 0) throw new Crash();
      return result;
    });
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'transactionSync') return transactionSync;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** What the catalog has a shard do, until it is at the schema of the next release or refuses. A crash ends it. */
export async function migrate(
  shard: LabShard,
  storage = shard.state.storage,
  limits = SMALL,
  { model, bundle, plan }: Release = NEXT,
): Promise<ShardMigration> {
  for (;;) {
    const migrator = migratorOf(shard, [model, bundle], limits, storage);
    const applied = (await migrator.apply(plan.id))!;
    if (applied.state !== 'COPYING' && applied.state !== 'SETTLING') return applied;
    const worked = await migrator.work(plan);
    if (worked.state === 'REFUSED') return worked;
  }
}

/** What the next release finds in a life that may crash. */
export async function unlessCrashed(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof Crash)) throw error;
  });
}

export const create = (
  table: string,
  id: string,
  values: Readonly<Record<string, string | number | null>>,
): RowOperation => ({
  kind: 'create',
  table,
  values: { tenant: 't', id, ...values },
  select: null,
});

const keyOf = (id: string) => ({ columns: ['tenant', 'id'], values: ['t', id] });

export const remove = (table: string, id: string): RowOperation => ({
  kind: 'delete',
  table,
  key: keyOf(id),
  within: null,
  expectedVersion: null,
  select: null,
});

export const update = (
  table: string,
  id: string,
  set: Readonly<Record<string, string | number | null>>,
): RowOperation => ({
  kind: 'update',
  table,
  key: keyOf(id),
  set,
  within: null,
  atomic: {},
  expectedVersion: null,
  select: null,
});

/** Names of what the database has, but for ShardQL's own tables. */
export const schemaOf = (shard: LabShard) =>
  shard
    .rows(
      `SELECT type, name, tbl_name FROM sqlite_master
       WHERE substr(name, 1, 4) NOT IN ('_cf_', '_fts') AND (type <> 'table' OR substr(name, 1, 1) <> '_' OR substr(name, 1, 2) = '__')
         AND (substr(tbl_name, 1, 1) <> '_' OR substr(tbl_name, 1, 2) = '__')
       ORDER BY 1, 2`,
    )
    .map((row) => row.join(' ').replace('index __1_', 'index '))
    .sort();
