/** Several mutations in one transaction, over real shards. */
import { beforeEach, describe, expect, it } from 'vitest';
import library from '../../models/library.ts';
import model from '../../models/workshop.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

const worker = createLabWorker(model, 2);
let team = '';
let count = 0;

beforeEach(async () => {
  team = `transaction-${++count}`;
  await worker.graphql(`mutation { createTeam(data: { id: "${team}", name: "T" }) { id } }`);
});

const transact = (operations: string, selection = 'affectedCount') =>
  worker.graphql(
    `mutation { transaction(operations: [${operations.replaceAll('$team', team)}]) { results { ${selection} } } }`,
    {},
    { 'x-shardql-trace': '1' },
  );

/** Results of a transaction that must not fail. */
async function results(operations: string, selection?: string) {
  const { data, errors } = await transact(operations, selection);
  expect(errors).toEqual([]);
  return data.transaction.results;
}

async function refusal(operations: string) {
  const { errors, data } = await transact(operations);
  expect(errors).toHaveLength(1);
  expect(data).toEqual({ transaction: null });
  const { code, inputPath } = errors[0]!.extensions!;
  return [code, (inputPath as unknown[] | undefined)?.join('.')];
}

async function rows(list: string, columns = 'id'): Promise<string[]> {
  const query = `{ ${list}(first: 100, shardKey: "${team}", orderBy: [{ id: ASC }]) { nodes { ${columns} } } }`;
  const { data } = await worker.graphql(query);
  return data[list].nodes.map((row: object) => Object.values(row).join(' '));
}

const PERSON = '{ createPerson: { as: "p", data: { teamId: "$team", id: "p", name: "p" } } }';

describe('operations of a transaction', () => {
  it('take columns from the rows of earlier ones, in one call', async () => {
    const { data, errors, extensions } = await transact(
      `
      { createPerson: { as: "p", data: { teamId: "$team", name: "made" } } }
      { createProject: { as: "q", data: { title: "q" }, refs: { ownerId: { from: "p", field: "id" } } } }
      { createTask: { as: "t", data: { title: "t" }, refs: { projectId: { from: "q", field: "id" }, assigneeId: { from: "q", field: "ownerId" } } } }
      { updatePerson: { by: { name: "made" }, as: "u", data: { name: "changed" } } }
      `,
      'affectedCount node { __typename ... on Person { name } ... on Project { owner { name } } ... on Task { assignee { name } project { title } } } all: nodes { ... on Person { id } }',
    );
    expect(errors).toEqual([]);
    expect(extensions.trace.rpcs).toBe(1);
    const found = data.transaction.results;
    expect(found.map(({ node }: { node: object }) => node)).toEqual([
      { __typename: 'Person', name: 'changed' },
      { __typename: 'Project', owner: { name: 'changed' } },
      { __typename: 'Task', assignee: { name: 'changed' }, project: { title: 'q' } },
      { __typename: 'Person', name: 'changed' },
    ]);
    expect(found.map(({ affectedCount }: { affectedCount: number }) => affectedCount)).toEqual([1, 1, 1, 1]);
    expect(found[0].all).toEqual(found[3].all);
  });

  it('show a row that is deleted later as gone, and the deletion as it was', async () => {
    expect(await results(`${PERSON} { deletePerson: { by: { id: "p" } } }`, 'node { ... on Person { name } }')).toEqual(
      [{ node: null }, { node: { name: 'p' } }],
    );
  });

  it('may hold nested rows', async () => {
    await results(`
      ${PERSON}
      { createProject: { data: { id: "q", title: "q", tasks: { create: [{ id: "t", title: "t", assignee: { connect: { name: "p" } } }] } } } }
    `);
    expect(await rows('tasks', 'id assigneeId')).toEqual(['t p']);
  });

  it('are none at all', async () => {
    expect(await results('')).toEqual([]);
  });

  it('can be given by variables, each of another kind', async () => {
    const query =
      'mutation ($all: [OperationInput!]!) { transaction(operations: $all) { results { node { ... on Person { name } ... on Label { name } } } } }';
    const send = async (all: readonly object[]) => (await worker.graphql(query, { all })).data.transaction.results;
    const person = { createPerson: { data: { teamId: team, name: 'a' } } };
    const label = { createLabel: { data: { teamId: team, name: 'b' } } };
    expect(await send([person])).toEqual([{ node: { name: 'a' } }]);
    expect(await send([label])).toEqual([{ node: { name: 'b' } }]);
    person.createPerson.data.name = 'c';
    label.createLabel.data.name = 'd';
    expect(await send([label, person])).toEqual([{ node: { name: 'd' } }, { node: { name: 'c' } }]);
  });
});

describe('operations on several rows', () => {
  it('are under the shard key of the others, and show all of their rows', async () => {
    const [, created, updated, deleted] = await results(
      `
      { createLabel: { data: { teamId: "$team", name: "a" } } }
      { createLabels: { data: [{ name: "b" }, { name: "c" }] } }
      { updateLabels: { where: { name: { eq: "b" } }, data: { name: "renamed" }, atMost: 1 } }
      { deleteLabels: { where: { name: { eq: "c" } }, atMost: 1 } }
      `,
      'affectedCount node { ... on Label { name } } nodes { ... on Label { name teamId } }',
    );
    const row = (name: string) => ({ name, teamId: team });
    expect(created).toEqual({ affectedCount: 2, node: { name: 'renamed' }, nodes: [row('renamed')] });
    expect(updated).toEqual({ affectedCount: 1, node: { name: 'renamed' }, nodes: [row('renamed')] });
    expect(deleted).toEqual({ affectedCount: 1, node: { name: 'c' }, nodes: [row('c')] });
  });

  it('fail with all others, at their row', async () => {
    const rowsOf = (...names: string[]) => `[${names.map((name) => `{ name: "${name}" }`)}]`;
    expect(await refusal(`${PERSON} { createLabels: { data: ${rowsOf('a', 'a')} } }`)).toEqual([
      'UNIQUE_VIOLATION',
      'operations.1.createLabels.data.1.name',
    ]);
    const several = '{ createLabels: { data: [{ teamId: "$team", name: "a" }, { teamId: "other", name: "b" }] } }';
    expect(await refusal(several)).toEqual(['BAD_USER_INPUT', 'operations.0.createLabels.data.1']);
    const many = `${PERSON} { createLabels: { data: ${rowsOf('a', 'b')} } } { deleteLabels: { where: { name: { gt: "" } }, atMost: 1 } }`;
    expect(await refusal(many)).toEqual(['BAD_USER_INPUT', 'operations.2.deleteLabels.atMost']);
    expect([await rows('labels'), await rows('people')]).toEqual([[], []]);
  });
});

describe('a transaction that fails', () => {
  it('writes nothing and names the operation', async () => {
    const deep = `
      ${PERSON}
      { createProject: { data: { title: "q", tasks: { create: [{ title: "t", labels: { connect: [{ name: "none" }] } }] } } } }
    `;
    const place = 'operations.1.createProject.data.tasks.create.0.labels.connect.0';
    expect(await refusal(deep)).toEqual(['NOT_FOUND', place]);
    expect(await refusal(`${PERSON} ${PERSON.replace('as: "p", ', '')}`)).toEqual([
      'UNIQUE_VIOLATION',
      'operations.1.createPerson.data.name',
    ]);
    expect([await rows('people'), await rows('projects'), await rows('tasks')]).toEqual([[], [], []]);
  });

  it('has a reference that leads nowhere', async () => {
    const task = (refs: string, rest = '') => `{ createTask: { data: { title: "t", ${rest} }, refs: { ${refs} } } }`;
    const at = (name: string) => ['BAD_USER_INPUT', `operations.1.createTask.refs.${name}`];
    expect(await refusal(`${PERSON} ${task('projectId: { from: "x", field: "id" }')}`)).toEqual(at('projectId'));
    expect(await refusal(`${PERSON} ${task('projectId: { from: "p", field: "nothing" }')}`)).toEqual(at('projectId'));
    expect(await refusal(`${PERSON} ${task('points: { from: "p", field: "id" }')}`)).toEqual(at('points'));
    const later = `{ createProject: { as: "q", data: { teamId: "$team", title: "q" } } }`;
    expect(await refusal(`${PERSON} ${task('projectId: { from: "q", field: "id" }')} ${later}`)).toEqual(
      at('projectId'),
    );
    expect(
      await refusal(`${PERSON} ${task('assigneeId: { from: "p", field: "id" }', 'projectId: "x", assigneeId: "a"')}`),
    ).toEqual(['BAD_USER_INPUT', 'operations.1.createTask.data.assigneeId']);
    expect(await refusal(`${PERSON} ${PERSON}`)).toEqual(['BAD_USER_INPUT', 'operations.1']);
  });
});

describe('a reference for a column that a new row must have', () => {
  const task = (data: string, refs: string) => `{ createTask: { as: "t", data: { ${data} }, refs: { ${refs} } } }`;
  const project = '{ createProject: { as: "q", data: { teamId: "$team", id: "q", title: "q" } } }';
  const refs = 'projectId: { from: "q", field: "id" }, title: { from: "q", field: "title" }';

  it('gives it, of upserts too', async () => {
    const upsert =
      '{ upsertLabel: { by: { id: "l" }, create: { id: "l" }, refs: { name: { from: "t", field: "title" } } } }';
    const [, made, label] = await results(
      `${project} ${task('', refs)} ${upsert}`,
      'node { ... on Task { title projectId } ... on Label { name } }',
    );
    expect([made.node, label.node]).toEqual([{ title: 'q', projectId: 'q' }, { name: 'q' }]);
  });

  it('is missed where neither gives it', async () => {
    expect(await refusal(`${project} ${task('', 'projectId: { from: "q", field: "id" }')}`)).toEqual([
      'NOT_NULL_VIOLATION',
      'operations.1.createTask.data',
    ]);
    expect(await refusal(`${project} { upsertLabel: { by: { id: "l" }, create: {} } }`)).toEqual([
      'NOT_NULL_VIOLATION',
      'operations.1.upsertLabel.create',
    ]);
    expect(await refusal(`${project} ${task('title: "t"', refs)}`)).toEqual([
      'BAD_USER_INPUT',
      'operations.1.createTask.data.title',
    ]);
  });
});

describe('operations on deleted rows', () => {
  const shelf = createLabWorker(library, 2);
  const ask = async (operations: string) => {
    const selection = 'affectedCount node { ... on Thread { id topic deletedAt } ... on Post { id threadId } }';
    const { data, errors } = await shelf.graphql(
      `mutation { transaction(operations: [${operations}]) { results { ${selection} nodes { __typename } } } }`,
    );
    return { errors, results: data.transaction?.results };
  };
  const threads = async () => {
    const { data } = await shelf.graphql(
      '{ threads(shardKey: "t", includeDeleted: true, orderBy: [{ id: ASC }]) { nodes { id deletedAt } } }',
    );
    return data.threads.nodes.map(
      ({ id, deletedAt }: { id: string; deletedAt: string | null }) => id + (deletedAt ? '*' : ''),
    );
  };

  beforeEach(async () => {
    await shelf.graphql('mutation { upsertTenants(data: [{ id: "t" }]) { affectedCount } }');
    for (const id of ['a', 'b']) {
      await shelf.graphql(
        `mutation { upsertThread(by: { id: "${id}" }, shardKey: "t", create: { id: "${id}", topic: "${id}" }) { id } deleteThread(by: { id: "${id}" }, shardKey: "t") { id } }`,
      );
    }
  });

  it('restore them for those that follow, and show what they purge', async () => {
    const { results: found, errors } = await ask(`
      { restoreThread: { by: { id: "a" }, shardKey: "t", as: "r" } }
      { createPost: { data: { id: "p" }, refs: { threadId: { from: "r", field: "id" } } } }
      { purgeThread: { by: { id: "b" } } }
      { deletePost: { by: { id: "p" } } }
      { purgePost: { by: { id: "p" } } }
    `);
    expect(errors).toEqual([]);
    const thread = (id: string, deletedAt: unknown) => ({
      affectedCount: 1,
      node: { id, topic: id, deletedAt },
      nodes: [{ __typename: 'Thread' }],
    });
    expect([found[0], found[2]]).toEqual([thread('a', null), thread('b', expect.any(String))]);
    expect(found.slice(3).map(({ node }: { node: object }) => node)).toEqual(
      [0, 1].map(() => ({ id: 'p', threadId: 'a' })),
    );
    expect(await threads()).toEqual(['a']);
  });

  it('find the shard key by a deleted row, and fail with all others', async () => {
    expect((await ask('{ purgeThread: { by: { id: "a" } } }')).errors).toEqual([]);
    const { errors } = await ask('{ restoreThread: { by: { id: "b" } } } { restoreThread: { by: { id: "b" } } }');
    expect(errors[0]!.extensions).toMatchObject({ code: 'NOT_FOUND', inputPath: ['operations', 1, 'restoreThread'] });
    expect(await threads()).toEqual(['b*']);
  });
});

describe('the shard key of a transaction', () => {
  it('is that of the operations that name one', async () => {
    await results(
      `{ createLabel: { data: { name: "l" } } } ${PERSON} { updateLabel: { by: { name: "l" }, data: { name: "m" } } }`,
    );
    expect([await rows('labels', 'name'), await rows('people')]).toEqual([['m'], ['p']]);
  });

  it('is that of a row which is looked for, where none is named', async () => {
    await results('{ createPerson: { data: { teamId: "$team", id: "sought", name: "p" } } }');
    await results(
      '{ createLabel: { data: { name: "l" } } } { updatePerson: { by: { id: "sought" }, data: { name: "q" } } }',
    );
    expect([await rows('labels', 'name'), await rows('people', 'name')]).toEqual([['l'], ['q']]);
  });

  it('is made by a default, where nothing tells it', async () => {
    const [made, label] = await results(
      '{ createTeam: { data: { name: "New" } } } { createLabel: { data: { name: "l" } } }',
      'node { ... on Team { id } ... on Label { teamId } }',
    );
    expect(label.node.teamId).toBe(made.node.id);
  });

  it('is one, and somebody says it', async () => {
    const other = '{ createPerson: { data: { teamId: "other", name: "x" } } }';
    expect(await refusal(`${PERSON} { createLabel: { data: { name: "l" } } } ${other}`)).toEqual([
      'BAD_USER_INPUT',
      'operations.2.createPerson',
    ]);
    const { errors } = await transact(`${PERSON} ${other}`);
    expect(errors[0]!.message).toContain(
      `"${team}" in operations.0.createPerson and "other" in operations.1.createPerson`,
    );
    expect(await refusal('{ createLabel: { data: { name: "l" } } }')).toEqual([
      'NOT_NULL_VIOLATION',
      'operations.0.createLabel.data',
    ]);
    expect(await refusal(`${PERSON} { updateCountry: { by: { code: "PT" }, data: { name: "x" } } }`)).toEqual([
      'BAD_USER_INPUT',
      'operations.1.updateCountry',
    ]);
  });

  it('cannot be that of two new rows which have shard keys of their own', async () => {
    const one = '{ createTeam: { data: { name: "One" } } }';
    const inTask = '{ createPerson: { data: { name: "p", team: { create: { name: "Two" } } } } }';
    for (const other of [one, '{ createTeam: { data: { id: "two", name: "Two" } } }', inTask])
      expect(await refusal(`${one} ${other}`)).toEqual([
        'BAD_USER_INPUT',
        expect.stringMatching(/^operations\.1\.create/),
      ]);
    expect(await refusal('{ createTeams: { data: [{ name: "One" }, { name: "Two" }] } }')).toEqual([
      'BAD_USER_INPUT',
      'operations.0.createTeams.data.1',
    ]);
  });
});
