/** Deletes of tables that keep deleted rows, restores and purges, as clients see them. */
import type { GraphQLInputObjectType } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import libraryModel from '../models/library.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { Cluster, PROJECTS } from './support/cluster.ts';
import { projects } from './support/projects.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster(projects, PROJECTS);
const library = createLabWorker(libraryModel, 2);
let team = 0;
let shardKey = '';

const run = (fields: string) => cluster.run(`mutation { ${fields} }`);
const data = async (fields: string) => (await cluster.data(`mutation { ${fields} }`)) as Record<string, never>;
const create = (type: string, values: string) =>
  data(`create${type}(data: { teamId: "${shardKey}", ${values} }) { id }`);
const by = (id: string) => `by: { id: "${id}" }, shardKey: "${shardKey}"`;

/** Ids of the rows of a list, with a star behind deleted ones. */
async function rowsOf(list: string, column = 'deletedAt'): Promise<string[]> {
  const { rows } = await cluster.data(
    `{ rows: ${list}(shardKey: "${shardKey}", includeDeleted: true, orderBy: [{ id: ASC }]) { nodes { id ${column} } } }`,
  );
  return rows.nodes.map((row: Record<string, string>) => `${row.id}${row[column] === null ? '' : '*'}`);
}

beforeEach(async () => {
  shardKey = `team-${++team}`;
  await data(`createTeam(data: { id: "${shardKey}" }) { id }`);
  await create('Project', 'id: "p", slug: "same", budget: 5');
  await create('Task', 'id: "1", projectId: "p", number: 7');
  await create('Task', 'id: "2", projectId: "p", parentId: "1"');
  await create('Comment', 'id: "a", taskId: "1"');
  await create('File', 'id: "f", taskId: "1"');
  await create('Label', 'id: "x"');
});

describe('a delete', () => {
  it('gives the row as it was before, and notes the moment', async () => {
    const before = Date.now();
    const { deleteTask } = await data(
      `deleteTask(${by('1')}) { id deletedAt number comments { nodes { id } } project { id } }`,
    );
    expect(deleteTask).toEqual({
      id: '1',
      deletedAt: null,
      number: 7,
      comments: { nodes: [{ id: 'a' }] },
      project: { id: 'p' },
    });
    const { task } = await cluster.data(`{ task(${by('1')}, includeDeleted: true) { deletedAt version } }`);
    // The comments below it note whole seconds.
    expect(Date.parse(task.deletedAt)).toBeGreaterThan(before - 1_000);
    expect(Date.parse(task.deletedAt)).toBeLessThanOrEqual(Date.now());
  });

  it('takes what cascades with it, as far as it is kept, and nothing else', async () => {
    await data(`deleteComment(${by('a')}) { id }`);
    await create('Comment', 'id: "b", taskId: "2"');
    await data(`deleteProject(${by('p')}) { id }`);
    expect(await rowsOf('projects')).toEqual(['p*']);
    expect(await rowsOf('tasks')).toEqual(['1*', '2*']);
    expect(await rowsOf('comments')).toEqual(['a*', 'b*']);
    const { files } = await cluster.data(`{ files(shardKey: "${shardKey}") { nodes { id task { id } } } }`);
    expect(files.nodes).toEqual([{ id: 'f', task: null }]);
  });

  it('of a deleted row finds none; nor do updates', async () => {
    await data(`deleteTask(${by('2')}) { id }`);
    const { errors } = await run(
      `a: deleteTask(${by('2')}) { id } b: updateTask(${by('2')}, data: { title: "x" }) { id } c: deleteTask(by: { id: "2" }) { id }`,
    );
    expect(summary(errors)).toEqual(['a NOT_FOUND', 'b NOT_FOUND', 'c NOT_FOUND']);
  });

  it('of a table that keeps none takes its rows away for good, with all that cascades', async () => {
    await data(`deleteTeam(by: { id: "${shardKey}" }) { id }`);
    expect(await rowsOf('projects')).toEqual([]);
    expect(await rowsOf('tasks')).toEqual([]);
  });

  it('holds to the version that is expected', async () => {
    const { errors } = await run(`deleteTask(${by('1')}, expectedVersion: "1") { id }`);
    expect(summary(errors)).toEqual(['deleteTask CONFLICT']);
    expect(await rowsOf('tasks')).toEqual(['1', '2']);
  });
});

describe('a restore', () => {
  it('brings back exactly what went with the row', async () => {
    await data(`deleteTask(${by('2')}) { id }`);
    await data(`deleteProject(${by('p')}) { id }`);
    await create('Comment', 'id: "b", taskId: "1"');
    await data(`deleteComment(${by('b')}) { id }`);
    const { restoreProject } = await data(
      `restoreProject(${by('p')}) { id deletedAt tasks { nodes { id comments { nodes { id } } } } }`,
    );
    expect(restoreProject).toEqual({
      id: 'p',
      deletedAt: null,
      tasks: { nodes: [{ id: '1', comments: { nodes: [{ id: 'a' }] } }] },
    });
    expect(await rowsOf('tasks')).toEqual(['1', '2*']);
    expect(await rowsOf('comments')).toEqual(['a', 'b*']);
  });

  it('finds a row by each of its keys, in whatever shard it is', async () => {
    await data(`deleteTask(${by('1')}) { id }`);
    expect(await data(`restoreTask(by: { number: 7 }, shardKey: "${shardKey}") { id }`)).toEqual({
      restoreTask: { id: '1' },
    });
    await data(`deleteProject(${by('p')}) { id }`);
    expect(await data(`restoreProject(by: { slug: "same" }, shardKey: "${shardKey}") { id }`)).toEqual({
      restoreProject: { id: 'p' },
    });
    await data(`createPerson(data: { id: "${shardKey}-ada" }) { id }`);
    await data(`deletePerson(by: { id: "${shardKey}-ada" }) { id }`);
    await data(`restorePerson(by: { id: "${shardKey}-ada" }) { id }`);
  });

  it('of a row that was not deleted, or is not there, finds none', async () => {
    const { errors } = await run(
      `a: restoreTask(${by('1')}) { id } b: purgeTask(${by('1')}) { id } c: restoreTask(${by('9')}) { id }`,
    );
    expect(summary(errors)).toEqual(['a NOT_FOUND', 'b NOT_FOUND', 'c NOT_FOUND']);
    expect(errors[0]!.message).toBe('Expected a deleted Task with id "1", but got none.');
  });

  it('fails where another row has taken the key meanwhile', async () => {
    await data(`deleteProject(${by('p')}) { id }`);
    await create('Project', 'id: "q", slug: "same"');
    const { errors } = await run(`restoreProject(${by('p')}) { id }`);
    expect(summary(errors)).toEqual(['restoreProject UNIQUE_VIOLATION']);
    expect(await rowsOf('projects')).toEqual(['p*', 'q']);
    expect(await rowsOf('tasks')).toEqual(['1*', '2*']);
  });

  it('by a key that several deleted rows have is refused', async () => {
    await data(`deleteProject(${by('p')}) { id }`);
    await create('Project', 'id: "q", slug: "same"');
    await data(`deleteProject(${by('q')}) { id }`);
    const { errors } = await run(`restoreProject(by: { slug: "same" }, shardKey: "${shardKey}") { id }`);
    expect(summary(errors)).toEqual(['restoreProject BAD_USER_INPUT']);
  });
});

describe('a purge', () => {
  it('takes a deleted row away for good, with all that cascades, and gives it', async () => {
    await data(`deleteTask(${by('1')}) { id }`);
    const { purgeTask } = await data(
      `purgeTask(${by('1')}) { id deletedAt comments(includeDeleted: true) { nodes { id } } files { nodes { id } } }`,
    );
    expect(purgeTask).toMatchObject({
      id: '1',
      deletedAt: expect.any(String),
      comments: { nodes: [{ id: 'a' }] },
      files: { nodes: [{ id: 'f' }] },
    });
    expect(await rowsOf('tasks')).toEqual([]);
    expect(await rowsOf('comments')).toEqual([]);
    const { files } = await cluster.data(`{ files(shardKey: "${shardKey}") { totalCount } }`);
    expect(files.totalCount).toBe(0);
    await create('Task', 'id: "1", number: 7');
  });
});

describe('a key that a deleted row has', () => {
  it('is taken, and the error says what to do', async () => {
    await data(`deleteTask(${by('1')}) { id }`);
    const { errors } = await run(
      `a: createTask(data: { teamId: "${shardKey}", id: "1" }) { id } b: createTask(data: { teamId: "${shardKey}", id: "3", number: 7 }) { id }`,
    );
    expect(summary(errors)).toEqual(['a UNIQUE_VIOLATION', 'b UNIQUE_VIOLATION']);
    expect(errors.map(({ message }) => message)).toEqual([
      'Expected a unique Task.id, but got one that a deleted Task has. Restore it with restoreTask, or remove it for good with purgeTask.',
      'Expected a unique Task.number, but got one that a deleted Task has. Restore it with restoreTask, or remove it for good with purgeTask.',
    ]);
    await create('Task', 'id: "4", number: 8');
    const { errors: live } = await run(`updateTask(${by('4')}, data: { number: 7 }) { id }`);
    expect(live[0]!.message).toContain('that a deleted Task has');
  });

  it('is free where only rows that are not deleted are held to it', async () => {
    await data(`deleteProject(${by('p')}) { id }`);
    await create('Project', 'id: "q", slug: "same"');
    expect(await cluster.data(`{ project(by: { slug: "same" }, shardKey: "${shardKey}") { id } }`)).toEqual({
      project: { id: 'q' },
    });
    const { errors } = await run(`createProject(data: { teamId: "${shardKey}", id: "r", slug: "same" }) { id }`);
    expect(errors[0]!.message).toContain('that another row has');
  });
});

describe('rows of a join table', () => {
  const labels = async (change: string) => {
    const { updateTask } = (await data(
      `updateTask(${by('1')}, data: { labels: { ${change} } }) { labels { nodes { id } } }`,
    )) as Record<string, { labels: { nodes: { id: string }[] } }>;
    return updateTask!.labels.nodes.map(({ id }) => id);
  };

  it.each([
    'connect: [{ id: "x" }]',
    'set: [{ id: "x" }]',
    'connectOrCreate: [{ by: { id: "x" }, create: { id: "x" } }]',
  ])('that were deleted are restored when their rows are related again: %s', async (change) => {
    expect(await labels('connect: [{ id: "x" }]')).toEqual(['x']);
    expect(await labels('disconnect: [{ id: "x" }]')).toEqual([]);
    const links = `{ taskLabels(shardKey: "${shardKey}", includeDeleted: true) { nodes { labelId removedAt } } }`;
    expect((await cluster.data(links)).taskLabels.nodes).toEqual([{ labelId: 'x', removedAt: expect.any(String) }]);
    expect(await labels(change)).toEqual(['x']);
    expect((await cluster.data(links)).taskLabels.nodes).toEqual([{ labelId: 'x', removedAt: null }]);
    expect(await labels(change)).toEqual(['x']);
  });

  it('are no longer there for what names related rows', async () => {
    await labels('connect: [{ id: "x" }]');
    await labels('set: []');
    const { errors } = await run(
      `a: updateTask(${by('1')}, data: { labels: { disconnect: [{ id: "x" }] } }) { id } b: updateTask(${by('1')}, data: { labels: { delete: [{ by: { id: "x" } }] } }) { id }`,
    );
    expect(summary(errors)).toEqual(['a NOT_FOUND', 'b NOT_FOUND']);
  });
});

describe('when a row was deleted', () => {
  it('is written by nobody but deletes, restores and imports', async () => {
    const input = (type: string) =>
      Object.keys((projects.schema.getType(type) as GraphQLInputObjectType | undefined)?.getFields() ?? {});
    const inputs = Object.keys(projects.schema.getTypeMap()).filter((name) =>
      /^(Task|Project|Comment)(Create|Update|Upsert|Atomic)Input$|^(Task|Project|Comment)Refs$/.test(name),
    );
    expect(inputs.length).toBeGreaterThanOrEqual(14);
    for (const name of inputs) expect(input(name), name).not.toContain('deletedAt');
  });
});

describe('rows that refer to a row', () => {
  it('and were deleted keep it from going for good, and the error says so', async () => {
    const thread = `tenantId: "${shardKey}", authorId: "a", topic: "t"`;
    const { errors: made } = await library.graphql(`mutation {
      a: createTenant(data: { id: "${shardKey}" }) { id }
      b: createAuthor(data: { tenantId: "${shardKey}", id: "a", email: "e" }) { id }
      c: createThread(data: { ${thread}, id: "h" }) { id }
      d: createThread(data: { ${thread}, id: "i" }) { id }
      e: deleteThread(by: { id: "h" }, shardKey: "${shardKey}") { id }
    }`);
    expect(made).toEqual([]);
    const remove = async (field: string) => (await library.graphql(`mutation { ${field} }`)).errors[0]?.message;
    const author = `deleteAuthor(by: { id: "a" }, shardKey: "${shardKey}") { id }`;
    const refusal = 'Expected an Author that nothing refers to, but got one that';
    expect(await remove(author)).toBe(`${refusal} rows of Thread still refer to.`);
    await remove(`deleteThread(by: { id: "i" }, shardKey: "${shardKey}") { id }`);
    expect(await remove(author)).toBe(
      `${refusal} deleted rows of Thread still refer to. Purge them first: includeDeleted shows them, and purgeThread takes them away.`,
    );
    expect(
      await remove(`deleteAuthors(where: { id: { eq: "a" } }, atMost: 1, shardKey: "${shardKey}") { affectedCount }`),
    ).toContain('deleted rows');
    for (const id of ['h', 'i']) await remove(`purgeThread(by: { id: "${id}" }, shardKey: "${shardKey}") { id }`);
    expect(await remove(author)).toBeUndefined();
  });
});
