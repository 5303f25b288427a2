/** A table that has what bulk writes may stumble over: several keys, one of them without case, defaults, references to itself. */
import { sql } from 'drizzle-orm';
import { foreignKey, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { MigrationBundle, WireValue } from '../../../../src/model/types.ts';
import type { CreateCell, OnConflict, OperationOf, RowOutcome, RowsWritten } from '../../../../src/shards/operation.ts';
import type { RowAnswer } from '../../../../src/shards/plan/answer.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { WriteRequest } from '../../../../src/shards/protocol/write.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const items = sqliteTable(
  'items',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    email: text(),
    code: integer(),
    name: text().notNull(),
    note: text(),
    rank: integer().notNull().default(7),
    token: text().notNull().default(sql`(lower('NEW'))`),
    parent: text(),
    shout: text().generatedAlwaysAs(sql`upper(name)`, { mode: 'virtual' }),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    unique('items_email').on(t.tenant, t.email),
    unique('items_code').on(t.tenant, t.code),
    foreignKey({ columns: [t.tenant, t.parent], foreignColumns: [t.tenant, t.id] }),
  ],
);

const model = defineModel({ Item: { table: items, shardKey: 'tenant' } });

const bundle: MigrationBundle = {
  physicalHash: physicalHash(model),
  migrations: [
    {
      tag: '0000_lab',
      hash: 'lab',
      schemaHash: 'lab',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE items (
          tenant TEXT NOT NULL, id TEXT NOT NULL, email TEXT COLLATE NOCASE, code INTEGER, name TEXT NOT NULL, note TEXT,
          rank INTEGER NOT NULL DEFAULT 7, token TEXT NOT NULL DEFAULT (lower('NEW')), parent TEXT,
          shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL,
          _version INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (tenant, id),
          FOREIGN KEY (tenant, parent) REFERENCES items (tenant, id)
        )`,
        'CREATE UNIQUE INDEX items_email ON items (tenant, email)',
        'CREATE UNIQUE INDEX items_code ON items (tenant, code)',
      ],
    },
  ],
};

export const inBulkLab = <T>(test: (shard: LabShard) => T | Promise<T>): Promise<T> => inNewShard(model, bundle, test);

/** A row as a request gives it; `[value]` stands for a default. */
export type GivenRow = Readonly<Record<string, CreateCell>>;

const columnsOf = (rows: readonly GivenRow[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

export interface CreateOptions {
  readonly onConflict?: OnConflict | null;
  readonly expectedVersions?: OperationOf<'createMany'>['expectedVersions'];
  /** Columns to read of each row. */
  readonly columns?: readonly string[];
}

/** `tenant: 't'` is added to the rows. */
export function createMany(
  given: readonly GivenRow[],
  { onConflict = null, expectedVersions = null, columns }: CreateOptions = {},
): OperationOf<'createMany'> {
  const rows = given.map((row): GivenRow => ({ tenant: 't', ...row }));
  const names = columnsOf(rows);
  const plan = columns && JSON.stringify(nodeOf({ table: 'Item', match: ['tenant', 'id'], columns }));
  return {
    kind: 'createMany',
    table: 'Item',
    columns: names,
    rows: JSON.stringify(rows.map((row) => names.map((name) => row[name] ?? (row[name] === null ? null : [])))),
    onConflict,
    expectedVersions,
    select: plan === undefined ? null : { plan, values: [] },
  };
}

/** Plan for the first rows by id, of those whose column has this value, if one is named. */
export function rowsWhere(limit: number, column?: string, value: WireValue = null) {
  const orderBy = ['tenant', 'id'].map((name) => ({ column: name, descending: false, nullsFirst: true }));
  const filter = column === undefined ? null : ({ op: 'eq', column, value: 1 } as const);
  const plan = JSON.stringify(
    nodeOf({ table: 'Item', columns: ['tenant', 'id'], filter, page: firstRows(orderBy, 0) }),
  );
  return { plan, values: [limit, value] };
}

export const byKey = (name: string): readonly string[] => ['tenant', name];

type Answered =
  | { readonly outcomes: readonly RowOutcome[]; readonly rows: readonly (RowAnswer | null)[]; readonly version: number }
  | {
      readonly code: string;
      readonly row: number | undefined;
      readonly message: string;
      readonly currentVersion?: string | undefined;
    };

/** One write of one operation, and what it answers. */
export function run(
  shard: LabShard,
  operation: WriteRequest['operations'][number],
  changes: Partial<WriteRequest> = {},
): Answered {
  const answer = shard.write('t:t', [operation], changes);
  if (answer.status === 'FAILED') {
    const { row, error } = answer;
    return { code: error.code, row, message: error.message, currentVersion: error.details.currentVersion };
  }
  if (answer.status !== 'OK') throw new Error(`Expected OK or FAILED, but got ${JSON.stringify(answer)}.`);
  const [written] = fromJsonText(answer.results) as readonly [RowsWritten];
  return { ...written, version: answer.version };
}
