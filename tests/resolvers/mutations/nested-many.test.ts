/** Rows of bulk writes that have related rows, over real shards. */
import { sql } from 'drizzle-orm';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineModel } from '../../../src/model/define-model.ts';
import model from '../../models/workshop.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

const worker = createLabWorker(model, 2);
let team = '';
let count = 0;

const newTeam = async (): Promise<string> => {
  const id = `nested-many-${++count}`;
  await worker.graphql('mutation ($id: ID!) { createTeam(data: { id: $id, name: "T" }) { id } }', { id });
  return id;
};

beforeEach(async () => {
  team = await newTeam();
});

const create = (type: string, list: string, data: readonly object[], args = '', selection = '', directive = '') =>
  worker.graphql(
    `mutation ($data: [${type}CreateInput!]!) { m: create${list}(data: $data ${args}) ${directive} {
      affectedCount results { index outcome code message } shards { affectedCount code } ${selection}
    } }`,
    { data },
    { 'x-shardql-trace': '1' },
  );

/** Values of some columns of each row of a list. */
async function rows(list: string, columns = 'id', shardKey = team): Promise<string[]> {
  const query = `query ($t: ID!) { ${list}(first: 100, shardKey: $t, orderBy: [{ id: ASC }]) { nodes { ${columns} } } }`;
  const { data } = await worker.graphql(query, { t: shardKey });
  return data[list].nodes.map((row: object) => Object.values(row).join(' '));
}

const outcomesOf = (payload: { results: { outcome: string }[] }) => payload.results.map(({ outcome }) => outcome);

const project = (id: string, more: object = {}) => ({ teamId: team, id, title: id, ...more });

describe('createXs with related rows', () => {
  it('writes rows with and without them in one call, and shows all in the order of data', async () => {
    const data = [
      project('a'),
      project('b', { owner: { create: { id: 'o', name: 'O' } }, tasks: { create: [{ id: 't', title: 'T' }] } }),
      project('c', { ownerId: 'o' }),
      project('d', { owner: { connect: { name: 'O' } } }),
    ];
    const {
      data: answer,
      errors,
      extensions,
    } = await create('Project', 'Projects', data, '', 'nodes { id owner { name } tasks { nodes { title } } }');
    expect(errors).toEqual([]);
    expect(extensions.trace.rpcs).toBe(1);
    expect(answer.m).toMatchObject({ affectedCount: 4, shards: [{ affectedCount: 4, code: null }] });
    expect(outcomesOf(answer.m)).toEqual(Array(4).fill('INSERTED'));
    const shown = (id: string, owner: object | null, tasks: object[] = []) => ({ id, owner, tasks: { nodes: tasks } });
    expect(answer.m.nodes).toEqual([
      shown('a', null),
      shown('b', { name: 'O' }, [{ title: 'T' }]),
      shown('c', { name: 'O' }),
      shown('d', { name: 'O' }),
    ]);
  });

  it('writes rows of several shard keys, each with its own related ones, one call to each shard', async () => {
    const teams = [team, ...(await Promise.all([1, 2, 3, 4].map(newTeam)))];
    const data = teams.map((teamId) => ({
      name: 'n',
      team: { connect: { id: teamId } },
      projects: { create: [{ title: `of ${teamId}` }] },
    }));
    const {
      data: answer,
      errors,
      extensions,
    } = await create('Person', 'People', data, '', 'nodes { teamId projects { nodes { title teamId } } }');
    expect(errors).toEqual([]);
    expect(extensions.trace.rpcs).toBe(2);
    expect(answer.m.nodes).toEqual(
      teams.map((teamId) => ({ teamId, projects: { nodes: [{ title: `of ${teamId}`, teamId }] } })),
    );
  });

  it('writes nothing on a shard where something nested fails, and keeps what others wrote', async () => {
    const others = await Promise.all([1, 2, 3, 4, 5].map(newTeam));
    const elsewhere = others.find((id) => worker.shardOf(id as never) !== worker.shardOf(team as never))!;
    const data = [
      project('a', { tasks: { create: [{ id: 'x', title: 'x' }] } }),
      project('b', { tasks: { connect: [{ id: 'none' }] } }),
      { ...project('c', { tasks: { create: [{ id: 'y', title: 'y' }] } }), teamId: elsewhere },
    ];
    const key = `@idempotent(key: "${team}")`;
    const { data: answer, errors } = await create('Project', 'Projects', data, '', '', key);
    expect(errors).toEqual([]);
    expect(answer.m.results).toEqual([
      { index: 0, outcome: 'FAILED', code: null, message: expect.stringContaining('row 1') },
      { index: 1, outcome: 'FAILED', code: 'NOT_FOUND', message: expect.stringContaining('Task') },
      { index: 2, outcome: 'INSERTED', code: null, message: null },
    ]);
    const repeated = await create('Project', 'Projects', data, '', '', key);
    expect(JSON.stringify(repeated.data)).toBe(JSON.stringify(answer));
    expect([await rows('projects'), await rows('tasks'), await rows('tasks', 'id', elsewhere)]).toEqual([
      [],
      [],
      ['y'],
    ]);
  });

  it.each<[string, object, string, string]>([
    ['a row that is not there', { tasks: { connect: [{ id: 'none' }] } }, 'NOT_FOUND', 'data.1.tasks.connect.0'],
    [
      'a value that is taken',
      { tasks: { create: [{ title: 't', labels: { create: [{ name: 'L' }, { name: 'L' }] } }] } },
      'UNIQUE_VIOLATION',
      'data.1.tasks.create.0.labels.create.1.name',
    ],
    ['a key that is taken', { id: 'a', tasks: { create: [] } }, 'UNIQUE_VIOLATION', 'data.1.id'],
    ['null', { tasks: { create: null } }, 'BAD_USER_INPUT', 'data.1.tasks.create'],
    [
      'a column that is given twice',
      { ownerId: 'x', owner: { create: { name: 'o' } } },
      'BAD_USER_INPUT',
      'data.1.ownerId',
    ],
  ])('names the place of %s, and writes nothing', async (_, more, code, place) => {
    const { errors } = await create('Project', 'Projects', [project('a'), project('b', more), project('c')]);
    expect(errors).toHaveLength(1);
    const { code: got, inputPath } = errors[0]!.extensions as { code: string; inputPath: unknown[] };
    expect([got, inputPath.join('.')]).toEqual([code, place]);
    expect([await rows('projects'), await rows('tasks'), await rows('labels')]).toEqual([[], [], []]);
  });

  it('may bring a new row for each that has a shard key of its own', async () => {
    const { data: answer, errors } = await create(
      'Person',
      'People',
      ['a', 'b', 'c'].map((name) => ({ name, team: { create: { name } } })),
      '',
      'nodes { name teamId team { id name } }',
    );
    expect(errors).toEqual([]);
    const people = answer.m.nodes as { name: string; teamId: string; team: object }[];
    for (const { name, teamId, team: made } of people) expect(made).toEqual({ id: teamId, name });
    expect(new Set(people.map(({ teamId }) => teamId)).size).toBe(3);
  });

  it('has one effect and one answer, however often it is sent with a key', async () => {
    const query = `mutation ($data: [ProjectCreateInput!]!) {
      createProjects(data: $data) @idempotent(key: "${team}") { nodes { id version tasks { nodes { id } } } results { outcome } }
    }`;
    const send = (title: string) =>
      worker.graphql(query, {
        data: [
          { teamId: team, title },
          { teamId: team, title, tasks: { create: [{ title }] } },
        ],
      });
    const [first, second] = await Promise.all([send('p'), send('p')]);
    expect(first!.errors).toEqual([]);
    expect(second!.data).toEqual(first!.data);
    expect((await send('p')).data).toEqual(first!.data);
    expect([await rows('projects'), await rows('tasks')]).toMatchObject([{ length: 2 }, { length: 1 }]);
    const { errors } = await send('q');
    expect(errors[0]!.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' });
  });

  it('counts all operations towards the limit, before a shard is asked', async () => {
    const tasks = (length: number) => ({ create: Array.from({ length }, () => ({ title: 't' })) });
    const { errors, extensions } = await create('Project', 'Projects', [
      project('a', { tasks: tasks(5_000) }),
      project('b', { tasks: tasks(4_999) }),
    ]);
    expect(errors[0]!.extensions).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', inputPath: ['data', 1] });
    expect(extensions.trace.rpcs).toBe(0);
  });

  it('writes nothing in a dry run, and answers as if it had', async () => {
    const data = [project('a', { tasks: { create: [{ title: 't' }] } })];
    const { data: answer } = await create(
      'Project',
      'Projects',
      data,
      'dryRun: true',
      'nodes { tasks { nodes { title } } }',
    );
    expect(answer.m).toMatchObject({ affectedCount: 1, nodes: [{ tasks: { nodes: [{ title: 't' }] } }] });
    expect([await rows('projects'), await rows('tasks')]).toEqual([[], []]);
  });

  it('writes related rows of new rows alone, where rows may be there already', async () => {
    await create('Person', 'People', [{ teamId: team, id: 'p', name: 'old' }]);
    const person = (name: string, title: string) => ({
      teamId: team,
      name,
      countryCode: 'PT',
      badge: { create: { code: title } },
      manager: { create: { id: `manager of ${name}`, name: `manager of ${name}` } },
    });
    const data = [person('old', 'A'), person('new', 'B')];
    const ignored = await create('Person', 'People', data, 'onConflict: IGNORE, conflictKey: NAME');
    expect(outcomesOf(ignored.data.m)).toEqual(['IGNORED', 'INSERTED']);
    expect(await rows('people', 'name countryCode managerId')).toEqual(
      expect.arrayContaining(['old  ', 'new PT manager of new', 'manager of new  ']),
    );
    expect(await rows('badges', 'code')).toEqual(['B']);
    const updated = await create('Person', 'People', [person('old', 'C')], 'onConflict: UPDATE, conflictKey: NAME');
    expect(outcomesOf(updated.data.m)).toEqual(['UPDATED']);
    const projects = [project('p', { tasks: { create: [{ title: 't' }] } })];
    for (const outcome of ['INSERTED', 'UNCHANGED'])
      expect(outcomesOf((await create('Project', 'Projects', projects, 'onConflict: UPDATE')).data.m)).toEqual([
        outcome,
      ]);
    expect(await rows('tasks', 'title')).toHaveLength(1);
    expect(await rows('people', 'name countryCode managerId')).toEqual(
      expect.arrayContaining(['old PT ', 'new PT manager of new', 'manager of new  ']),
    );
    expect([await rows('badges', 'code'), await rows('people')]).toEqual([
      ['B'],
      expect.objectContaining({ length: 3 }),
    ]);
  });

  it('gives defaults to new rows alone, and what follows changes to those that are changed', async () => {
    const person = (name: string, more: object = {}) => ({ teamId: team, id: name, name, ...more });
    await create('Person', 'People', [person('changed'), person('kept')]);
    const data = [person('changed', { countryCode: 'PT' }), person('kept'), person('new', { countryCode: 'PT' })];
    const { data: answer } = await create('Person', 'People', data, 'onConflict: UPDATE, conflictKey: NAME');
    expect(outcomesOf(answer.m)).toEqual(['UPDATED', 'UNCHANGED', 'INSERTED']);
    expect(await rows('people', 'id changes')).toEqual(['changed 1', 'kept 0', 'new 0']);
  });

  it('must be told by which key rows are found that may be there', async () => {
    const data = [project('a', { tasks: { create: [] } })];
    const { errors } = await create('Project', 'Projects', data, 'onConflict: IGNORE');
    expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', inputPath: ['conflictKey'] });
    const unknown = [{ teamId: team, badge: { create: { code: 'x' } }, name: 'p' }];
    expect((await create('Person', 'People', unknown, 'onConflict: UPDATE')).errors).toEqual([]);
    const label = [{ teamId: team, code: 'b', person: { create: { name: 'p' } } }];
    const byPerson = await create('Badge', 'Badges', label, 'onConflict: UPDATE, conflictKey: PERSON_ID');
    expect(byPerson.errors[0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'personId',
      inputPath: ['data', 0],
    });
  });
});

describe('upsertXs with related rows', () => {
  const upsert = (data: readonly object[], args = '') =>
    worker.graphql(
      `mutation ($data: [ProjectUpsertInput!]!) { m: upsertProjects(data: $data ${args}) { results { outcome } nodes { id version } } }`,
      { data },
    );

  it('writes those of new rows, and columns of old ones', async () => {
    await create('Project', 'Projects', [project('a')]);
    const more = (title: string) => ({ title, tasks: { create: [{ title: `of ${title}` }] } });
    const { data: answer } = await upsert([project('a', more('A')), project('b', more('B'))]);
    expect(outcomesOf(answer.m)).toEqual(['UPDATED', 'INSERTED']);
    expect([await rows('projects', 'id title'), await rows('tasks', 'title')]).toEqual([['a A', 'b B'], ['of B']]);
  });

  it('compares versions before anything is written', async () => {
    const { data: made } = await create('Project', 'Projects', [project('a'), project('b')], '', 'nodes { version }');
    const [{ version }] = made.m.nodes;
    const nested = { tasks: { create: [{ title: 't' }] } };
    const good = project('a', { ...nested, title: 'A', expectedVersion: version });
    expect(outcomesOf((await upsert([good])).data.m)).toEqual(['UPDATED']);
    const { errors } = await upsert([project('c', nested), project('a', { ...nested, expectedVersion: version })]);
    expect(errors[0]!.extensions).toMatchObject({ code: 'CONFLICT', inputPath: ['data', 1] });
    expect(await rows('projects', 'id title')).toEqual(['a A', 'b b']);
  });
});

describe('a transaction of several rows with related ones', () => {
  const transact = (operations: readonly object[]) =>
    worker.graphql(
      `mutation ($operations: [OperationInput!]!) { transaction(operations: $operations) {
        results { affectedCount nodes { ... on Project { id tasks { nodes { title } } } ... on Label { name } } }
      } }`,
      { operations },
    );

  it('is under its shard key, and shows the rows in their order', async () => {
    const { data, errors } = await transact([
      { createLabel: { data: { teamId: team, id: 'l', name: 'L' } } },
      {
        createProjects: {
          data: [
            { id: 'a', title: 'a' },
            { id: 'b', title: 'b', tasks: { create: [{ title: 't', labels: { connect: [{ id: 'l' }] } }] } },
            { id: 'c', title: 'c' },
          ],
        },
      },
      { updateLabel: { by: { id: 'l' }, data: { name: 'M' } } },
    ]);
    expect(errors).toEqual([]);
    const [label, projects, changed] = data.transaction.results;
    expect([label, changed]).toEqual([0, 1].map(() => ({ affectedCount: 1, nodes: [{ name: 'M' }] })));
    expect(projects).toEqual({
      affectedCount: 3,
      nodes: [
        { id: 'a', tasks: { nodes: [] } },
        { id: 'b', tasks: { nodes: [{ title: 't' }] } },
        { id: 'c', tasks: { nodes: [] } },
      ],
    });
  });

  it('takes its shard key from what rows refer to, and brings one new row at most that has its own', async () => {
    const person = (name: string, more: object) => ({ createPeople: { data: [{ name, ...more }] } });
    const { errors } = await transact([
      { createLabel: { data: { id: 'of team', name: 'L' } } },
      person('p', { team: { connect: { id: team } } }),
    ]);
    expect(errors).toEqual([]);
    expect(await rows('labels')).toEqual(['of team']);
    const made = { team: { create: { name: 'made' } } };
    const { errors: several } = await transact([
      { createPeople: { data: [1, 2].map((n) => ({ name: `${n}`, ...made })) } },
    ]);
    expect(several[0]!.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      inputPath: ['operations', 0, 'createPeople', 'data', 1],
    });
  });

  it('names the row that fails by its place in data', async () => {
    const nested = { title: 'n', tasks: { create: [] } };
    const place = async (data: readonly object[]) => {
      const { errors } = await transact([
        { createLabel: { data: { teamId: team, name: 'L' } } },
        { createProjects: { data } },
      ]);
      return (errors[0]!.extensions!.inputPath as unknown[]).join('.');
    };
    expect(await place([nested, { id: 'a', title: 'a' }, { id: 'a', title: 'b' }])).toBe(
      'operations.1.createProjects.data.2.id',
    );
    expect(
      await place([
        { id: 'a', title: 'a' },
        { ...nested, tasks: { connect: [{ id: 'x' }] } },
      ]),
    ).toBe('operations.1.createProjects.data.1.tasks.connect.0');
    expect(await rows('projects')).toEqual([]);
  });
});

it('columns that follow changes have other defaults, of whatever kind', async () => {
  const notes = sqliteTable('notes', {
    id: text().primaryKey(),
    body: text().notNull(),
    constant: text()
      .default('made')
      .$onUpdateFn(() => 'changed'),
    made: text()
      .$defaultFn(() => 'made')
      .$onUpdateFn(() => 'changed'),
  });
  const memos = sqliteTable('memos', {
    id: text().primaryKey(),
    body: text().notNull(),
    computed: text()
      .default(sql`(lower('MADE'))`)
      .$onUpdateFn(() => 'changed'),
  });
  const follows = defineModel({ Note: { table: notes, shardKey: 'id' }, Memo: { table: memos, shardKey: 'id' } });
  const own = createLabWorker(follows, 2);
  for (const [list, type, columns] of [
    ['upsertNotes', 'Note', 'constant made'],
    ['upsertMemos', 'Memo', 'computed'],
  ]) {
    const upsert = async (ids: readonly string[]) => {
      const query = `mutation ($data: [${type}UpsertInput!]!) { m: ${list}(data: $data) { nodes { ${columns} } } }`;
      const { data, errors } = await own.graphql(query, { data: ids.map((id) => ({ id, body: ids.join() })) });
      expect(errors).toEqual([]);
      return data.m.nodes.map((node: object) => [...new Set(Object.values(node))]);
    };
    await upsert(['a', 'b']);
    expect(await upsert(['c', 'b', 'd', 'a'])).toEqual([['made'], ['changed'], ['made'], ['changed']]);
  }
});
