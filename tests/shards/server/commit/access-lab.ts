/** Commits of a caller with rules, on a few tables that refer to each other: people, their projects, which are kept when deleted, and tasks. */
import { foreignKey, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { expect } from 'vitest';
import { dateTime } from '../../../../src/model/columns.ts';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { WireValue } from '../../../../src/model/types.ts';
import type {
  CreateCell,
  OnConflict,
  OperationOf,
  OperationValues,
  RowsWritten,
  WriteOperation,
} from '../../../../src/shards/operation.ts';
import type { ComparisonOperator, Filter } from '../../../../src/shards/plan/filter.ts';
import { exists } from '../../../../src/shards/plan/filter.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { WriteRequest } from '../../../../src/shards/protocol/write.ts';
import type { RowTest, TableWriteRules, WriteRules } from '../../../../src/shards/write-rules.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { nodeOf, relatedOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const people = sqliteTable(
  'people',
  { tenant: text().notNull(), id: text().notNull(), name: text().notNull(), tier: text().notNull().default('basic') },
  (t) => [primaryKey({ columns: [t.tenant, t.id] }), unique('people_name').on(t.tenant, t.name)],
);

const projects = sqliteTable(
  'projects',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    ownerId: text('owner_id').notNull(),
    status: text().notNull().default('draft'),
    code: text(),
    note: text(),
    deletedAt: dateTime('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    unique('projects_code').on(t.tenant, t.code),
    foreignKey({ columns: [t.tenant, t.ownerId], foreignColumns: [people.tenant, people.id] }),
  ],
);

const tasks = sqliteTable(
  'tasks',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    projectId: text('project_id').notNull(),
    parentId: text('parent_id'),
    assigneeId: text('assignee_id'),
    title: text().notNull().default('Task'),
    points: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.projectId], foreignColumns: [projects.tenant, projects.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ columns: [t.tenant, t.parentId], foreignColumns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.assigneeId], foreignColumns: [people.tenant, people.id] }),
  ],
);

export const desk = defineModel({
  Person: { table: people, shardKey: 'tenant' },
  Project: { table: projects, shardKey: 'tenant', softDelete: 'deletedAt' },
  Task: { table: tasks, shardKey: 'tenant' },
});

/** `me` and `you`, a project of each, and one of mine that was deleted; two tasks in each of the others. */
export const inDesk = <T>(test: (shard: LabShard) => T | Promise<T>): Promise<T> =>
  inNewShard(desk, migrationsOf(desk), (shard) => {
    const ofAll = (own: string) => [
      create('Person', { id: own, name: own.toUpperCase() }),
      create('Project', { id: `${own}-1`, ownerId: own, code: `${own}-code` }),
      create('Task', { id: `${own}-a`, projectId: `${own}-1` }),
      create('Task', { id: `${own}-b`, projectId: `${own}-1`, parentId: `${own}-a` }),
      create('Project', { id: `${own}-gone`, ownerId: own, code: `${own}-gone` }),
      remove('Project', `${own}-gone`),
    ];
    expect(shard.write('t:t', [...ofAll('me'), ...ofAll('you')]).status).toBe('OK');
    return test(shard);
  });

export const key = (id: string) => ({ columns: ['tenant', 'id'], values: ['t', id] });

export const create = (table: string, values: OperationValues): OperationOf<'create'> => ({
  kind: 'create',
  table,
  values: { tenant: 't', ...values },
  select: null,
});

const target = (id: string) => ({ key: key(id), within: null, expectedVersion: null });

export const update = (table: string, id: string, set: OperationValues): OperationOf<'update'> => ({
  kind: 'update',
  table,
  ...target(id),
  set,
  atomic: {},
  select: null,
});

export const remove = (table: string, id: string): OperationOf<'delete'> => ({
  kind: 'delete',
  table,
  ...target(id),
  select: null,
});

export const restore = (table: string, id: string): OperationOf<'restore'> => ({
  kind: 'restore',
  table,
  ...target(id),
  select: null,
});

export const purge = (table: string, id: string): OperationOf<'purge'> => ({
  kind: 'purge',
  table,
  ...target(id),
  select: null,
});

export const find = (table: string, id: string, required = true): OperationOf<'find'> => ({
  kind: 'find',
  table,
  ...target(id),
  required,
});

export const upsert = (table: string, id: string, values: OperationValues, set: OperationValues = {}) =>
  ({
    kind: 'upsert',
    table,
    ...target(id),
    create: { tenant: 't', id, ...values },
    set,
    atomic: {},
    select: null,
  }) as const satisfies WriteOperation;

export function createMany(
  table: string,
  given: readonly Readonly<Record<string, CreateCell>>[],
  onConflict: OnConflict | null = null,
): OperationOf<'createMany'> {
  const rows = given.map((row): Readonly<Record<string, CreateCell>> => ({ tenant: 't', ...row }));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((name) => (row[name] === undefined ? [] : row[name])));
  return {
    kind: 'createMany',
    table,
    columns,
    rows: JSON.stringify(cells),
    onConflict,
    expectedVersions: null,
    select: null,
  };
}

/** All rows of a table that a filter keeps, as a plan with the caller's rules finds them. */
export function rowsWhere(table: string, filter: Filter | null, ...values: readonly WireValue[]) {
  const orderBy = ['tenant', 'id'].map((column) => ({ column, descending: false, nullsFirst: true }));
  const page = firstRows(orderBy, values.length);
  const plan = JSON.stringify(nodeOf({ table, access: filter, columns: ['tenant', 'id'], page }));
  return { plan, values: [...values, 100] };
}

/** Reads columns of the row that an operation has written. */
export const select = (
  table: string,
  columns: readonly string[],
  access: Filter | null = null,
  ...values: WireValue[]
) => ({
  plan: JSON.stringify(nodeOf({ table, access, match: ['tenant', 'id'], columns })),
  values,
});

/** Rows that this filter keeps. Values stand in it by index. */
export const test = (table: string, access: Filter, ...values: readonly WireValue[]): RowTest => ({
  plan: JSON.stringify(nodeOf({ table, access, match: ['tenant', 'id'], columns: ['tenant', 'id'] })),
  values: [...values],
});

/** Rows whose column compares so. */
export const when = (table: string, column: string, value: WireValue, op: ComparisonOperator = 'eq'): RowTest =>
  test(table, { op, column, value: 0 }, value);

/** Tasks of projects of `me`. */
export const OF_MY_PROJECT: Filter = exists(
  relatedOf({
    table: 'Project',
    from: ['tenant', 'projectId'],
    match: ['tenant', 'id'],
    filter: { op: 'eq', column: 'ownerId', value: 0 },
  }),
);

/** Rules that allow everything, but for what is given. */
export const rulesOf = (rules: Partial<TableWriteRules> = {}): TableWriteRules => ({
  read: null,
  create: { check: null, presets: [] },
  update: { where: null, check: null, presets: [], transitions: null },
  delete: { where: null },
  ...rules,
});

const mine = when('Project', 'ownerId', 'me');

/** `me` sees myself, my projects and their tasks, and may do everything with them. */
export const MINE: WriteRules = {
  Person: rulesOf({ read: when('Person', 'id', 'me'), update: null, delete: null, create: null }),
  Project: rulesOf({
    read: mine,
    create: { check: mine, presets: [] },
    update: { where: mine, check: mine, presets: [], transitions: null },
    delete: { where: mine },
  }),
  Task: (() => {
    const ofMine = test('Task', OF_MY_PROJECT, 'me');
    return rulesOf({
      read: ofMine,
      create: { check: ofMine, presets: [] },
      update: { where: ofMine, check: ofMine, presets: [], transitions: null },
      delete: { where: ofMine },
    });
  })(),
};

interface Failure {
  readonly code: string;
  readonly index: number | null;
  readonly row?: number | undefined;
  readonly message: string;
  readonly details: object;
}

/** What a write with rules answers: what its operations did, or why none of them did anything. */
export function run(
  shard: LabShard,
  rules: WriteRules | undefined,
  operations: readonly WriteOperation[],
  changes: Partial<WriteRequest> = {},
): readonly RowsWritten[] | Failure {
  const before = shard.rows('SELECT seq FROM _log');
  const answer = shard.write('t:t', operations, { rules, ...changes });
  if (answer.status === 'OK') return fromJsonText(answer.results) as readonly RowsWritten[];
  if (answer.status !== 'FAILED') throw new Error(`Expected OK or FAILED, but got ${JSON.stringify(answer)}.`);
  expect(shard.rows('SELECT seq FROM _log')).toEqual(before);
  const { index, row, error } = answer;
  return { code: error.code, index, ...(row !== undefined && { row }), message: error.message, details: error.details };
}

export const FORBIDDEN = (index = 0, row?: number) =>
  expect.objectContaining({ code: 'FORBIDDEN', index, ...(row !== undefined && { row }) });

/** What an operation on a row answers that is there, but not for the caller, is what it answers of one that is not. */
export function expectHidden(
  shard: LabShard,
  rules: WriteRules,
  operations: (id: string) => readonly WriteOperation[],
  hidden: string,
  code: string,
): void {
  const missing = 'x'.repeat(hidden.length);
  const [ofHidden, ofMissing] = [hidden, missing].map((id) => {
    const answer = run(shard, rules, operations(id));
    return JSON.stringify(answer).replaceAll(id, 'ID');
  });
  expect(ofHidden).toEqual(ofMissing);
  expect(ofHidden).toContain(`"code":"${code}"`);
}
