/**
 * What relations by columns add of their own: within a domain the pair of shard keys, for tenants' rows; nothing where both shard
 * keys are their rows' own ids. Declaration, model and answers agree, in every shape.
 */
import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { createLabWorker } from '../support/lab-worker.ts';

// Each row has a shard key of its own.
const employees = sqliteTable('employees', {
  employeeId: integer('employee_id').primaryKey(),
  reportsTo: integer('reports_to'),
  team: text().notNull(),
});
const profiles = sqliteTable('profiles', {
  employeeId: integer('employee_id')
    .primaryKey()
    .references(() => employees.employeeId),
  team: text().notNull(),
});
// An employee is the tenant of these.
const ofEmployee = () =>
  integer('employee_id')
    .notNull()
    .references(() => employees.employeeId);
const tasks = sqliteTable(
  'tasks',
  { employeeId: ofEmployee(), id: integer().notNull(), team: text().notNull() },
  (t) => [primaryKey({ columns: [t.employeeId, t.id] })],
);
const mentorings = sqliteTable(
  'mentorings',
  { employeeId: ofEmployee(), mentorId: integer('mentor_id').notNull() },
  (t) => [primaryKey({ columns: [t.employeeId, t.mentorId] })],
);
// Two tables of tenants that have no table.
const tenantTable = (name: string) =>
  sqliteTable(
    name,
    { tenant: text().notNull(), id: integer().notNull(), parentId: integer('parent_id'), topic: text().notNull() },
    (t) => [
      primaryKey({ columns: [t.tenant, t.id] }),
      foreignKey({ columns: [t.tenant, t.parentId], foreignColumns: [t.tenant, t.id] }),
    ],
  );
const notes = tenantTable('notes');
const memos = tenantTable('memos');

const model = defineModel(
  {
    Employee: { table: employees, shardKey: 'employeeId' },
    Profile: { table: profiles, shardKey: 'employeeId' },
    Task: { table: tasks, shardKey: 'employeeId' },
    Mentoring: { table: mentorings, shardKey: 'employeeId' },
    Note: { table: notes, shardKey: 'tenant', domain: 'tenant' },
    Memo: { table: memos, shardKey: 'tenant', domain: 'tenant' },
  },
  ({ one, many }) => ({
    Employee: {
      boss: one.Employee({ from: 'reportsTo', to: 'employeeId' }),
      reports: many.Employee({ from: 'employeeId', to: 'reportsTo' }),
      peers: many.Employee({ from: 'reportsTo', to: 'reportsTo' }),
      teamProfiles: many.Profile({ from: 'team', to: 'team' }),
      teamTasks: many.Task({ from: 'team', to: 'team' }),
      mentors: many.Employee({
        from: 'employeeId',
        through: { type: 'Mentoring', from: 'employeeId', to: 'mentorId' },
        to: 'employeeId',
      }),
    },
    Profile: { employee: one.Employee(), mates: many.Employee({ from: 'team', to: 'team' }) },
    Task: { employees: many.Employee({ from: 'team', to: 'team' }), alike: many.Task({ from: 'team', to: 'team' }) },
    Note: {
      alike: many.Note({ from: 'topic', to: 'topic' }),
      parent: one.Note({ from: 'parentId', to: 'id' }),
      memos: many.Memo({ from: 'topic', to: 'topic' }),
      memo: one.Memo({ from: 'id', to: 'id' }),
      siblings: many.Note({ from: 'parentId', through: { type: 'Memo', from: 'parentId', to: 'id' }, to: 'id' }),
    },
  }),
);

type Row = Readonly<Record<string, string | number | null>>;

const TEAMS = ['red', 'blue'];
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  Employee: Array.from({ length: 9 }, (_, at) => ({
    employeeId: at + 1,
    reportsTo: at === 0 ? null : at < 5 ? 2 - (at % 2) : 3,
    team: TEAMS[at % 2]!,
  })),
  Profile: Array.from({ length: 9 }, (_, at) => ({ employeeId: at + 1, team: TEAMS[at % 3 === 0 ? 0 : 1]! })),
  Task: Array.from({ length: 18 }, (_, at) => ({ employeeId: (at % 9) + 1, id: at, team: TEAMS[at % 4 < 2 ? 0 : 1]! })),
  Mentoring: [1, 2, 3, 4].flatMap((employeeId) => [5, 6].map((mentorId) => ({ employeeId, mentorId }))),
  Note: tenantRows(),
  Memo: tenantRows(),
};

function tenantRows(): Row[] {
  return ['a', 'b', 'c'].flatMap((tenant) =>
    Array.from({ length: 4 }, (_, id) => ({ tenant, id, parentId: id === 0 ? null : id % 2, topic: TEAMS[id % 2]! })),
  );
}

/** Pairs of columns that must be equal, written down a second time; with two lists, the first leads to the join table. */
type Pairs = readonly (readonly [from: string, to: string])[];
interface Shape {
  readonly target: string;
  readonly pairs: Pairs;
  readonly through?: { readonly type: string; readonly pairs: Pairs };
}

const TENANT = ['tenant', 'tenant'] as const;
const SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  Employee: {
    boss: { target: 'Employee', pairs: [['reportsTo', 'employeeId']] },
    reports: { target: 'Employee', pairs: [['employeeId', 'reportsTo']] },
    peers: { target: 'Employee', pairs: [['reportsTo', 'reportsTo']] },
    teamProfiles: { target: 'Profile', pairs: [['team', 'team']] },
    teamTasks: { target: 'Task', pairs: [['employeeId', 'employeeId'], ['team', 'team']] },
    mentors: {
      target: 'Employee',
      through: { type: 'Mentoring', pairs: [['employeeId', 'employeeId']] },
      pairs: [['mentorId', 'employeeId']],
    },
  },
  Profile: {
    employee: { target: 'Employee', pairs: [['employeeId', 'employeeId']] },
    mates: { target: 'Employee', pairs: [['team', 'team']] },
  },
  Task: {
    employees: { target: 'Employee', pairs: [['employeeId', 'employeeId'], ['team', 'team']] },
    alike: { target: 'Task', pairs: [['employeeId', 'employeeId'], ['team', 'team']] },
  },
  Note: {
    alike: { target: 'Note', pairs: [TENANT, ['topic', 'topic']] },
    parent: { target: 'Note', pairs: [TENANT, ['parentId', 'id']] },
    memos: { target: 'Memo', pairs: [TENANT, ['topic', 'topic']] },
    memo: { target: 'Memo', pairs: [TENANT, ['id', 'id']] },
    siblings: {
      target: 'Note',
      through: { type: 'Memo', pairs: [TENANT, ['parentId', 'parentId']] },
      pairs: [TENANT, ['id', 'id']],
    },
  },
}; // biome-ignore format: a table

const linked = (row: Row, type: string, pairs: Pairs): Row[] =>
  ROWS[type]!.filter((other) => pairs.every(([from, to]) => row[from] !== null && row[from] === other[to]));

const related = (row: Row, { target, pairs, through }: Shape): Row[] => {
  const rows = through
    ? linked(row, through.type, through.pairs).flatMap((join) => linked(join, target, pairs))
    : linked(row, target, pairs);
  return ROWS[target]!.filter((one) => rows.includes(one));
};

const SHARDS = 4;
const api = createLabWorker(model, SHARDS);
const keyOf = (type: string): string => model.table(type).primaryKey.names.join(' ');
const pickKey = (type: string, row: Row): Row =>
  Object.fromEntries(
    keyOf(type)
      .split(' ')
      .map((name) => [name, String(row[name])]),
  );

beforeAll(async () => {
  for (const [type, rows] of Object.entries(ROWS)) {
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    const report = await (await api.fetch(`/import?table=${type}`, { method: 'POST', body })).json();
    expect(report, type).toMatchObject({ inserted: rows.length, failed: 0 });
  }
});

describe.each(Object.entries(SHAPES))('%s', (type, shapes) => {
  const { list, relations } = model.table(type);

  it.each(Object.entries(shapes))(
    '%s leads to the rows whose columns are equal, and of the same tenant only where there is one',
    async (name, shape) => {
      const relation = relations.find((one) => one.name === name)!;
      const key = keyOf(shape.target);
      const selection = relation.kind === 'one' ? `{ ${key} }` : `(first: 100) { totalCount nodes { ${key} } }`;
      const { data, errors } = await api.graphql(
        `{ rows: ${list}(first: 100) { nodes { ${keyOf(type)} it: ${name} ${selection} } } }`,
      );
      expect(errors).toEqual([]);
      const expected = ROWS[type]!.map((row) => {
        const rows = related(row, shape).map((one) => pickKey(shape.target, one));
        const it = relation.kind === 'one' ? (rows[0] ?? null) : { totalCount: rows.length, nodes: rows };
        return { ...pickKey(type, row), it };
      });
      expect(data.rows.nodes.map(asText)).toEqual(expect.arrayContaining(expected.map(asText)));
      expect(data.rows.nodes).toHaveLength(expected.length);
    },
  );

  it.each(Object.entries(shapes))('%s is filtered by the same rows', async (name, shape) => {
    const relation = relations.find((one) => one.name === name)!;
    const column = shape.target === 'Mentoring' ? 'mentorId' : model.table(shape.target).columns.at(-1)!.name;
    const condition = { [column]: { eq: 'red' } };
    const where = { [name]: relation.kind === 'one' ? condition : { some: condition } };
    const { data, errors } = await api.graphql(
      `query ($where: ${type}Where) { rows: ${list}(first: 100, where: $where) { nodes { ${keyOf(type)} } } }`,
      { where },
    );
    expect(errors).toEqual([]);
    const expected = ROWS[type]!.filter((row) => related(row, shape).some((one) => one[column] === 'red'));
    expect(new Set(data.rows.nodes.map(asText))).toEqual(new Set(expected.map((row) => asText(pickKey(type, row)))));
  });

  it.each(Object.entries(shapes))('%s is in one shard if, and only if, it pairs the shard keys', (name, shape) => {
    const relation = relations.find((one) => one.name === name)!;
    const { shardKey } = model.table(type);
    const pairs = shape.through ? [...shape.through.pairs, ...shape.pairs] : shape.pairs;
    const keyPairs = pairs.filter(([from, to]) => from === shardKey.name && to === from).length;
    expect(relation.colocated).toBe(keyPairs === (shape.through ? 2 : 1));
  });
});

/** Keys are shown as ids or as numbers, in any order of columns. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => {
    if (typeof inner === 'number') return String(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
