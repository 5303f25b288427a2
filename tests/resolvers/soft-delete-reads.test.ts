/** Reads of tables that keep deleted rows: none of them shows one that does not say so. */
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../src/plans/tokens/node-id.ts';
import { Cluster, PROJECTS } from './support/cluster.ts';
import { importInto, projects } from './support/projects.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster(projects, PROJECTS);
const AT = '2026-01-02T03:04:05.000Z';
const teamId = 't';
const row = (id: string, more = {}) => ({ teamId, id, ...more });

/** Of each kind one row that is there, and one that was deleted; what is there refers to both. */
beforeAll(async () => {
  await importInto(cluster, 'Team', [{ id: teamId }, { id: 'u' }]);
  await importInto(cluster, 'Person', [{ id: 'ada' }, { id: 'bob', leftAt: AT }]);
  await importInto(cluster, 'Project', [
    row('p', { slug: 'same', spent: 1 }),
    row('gone', { slug: 'same', spent: 10, deletedAt: AT }),
    row('gone-too', { slug: 'same', spent: 100, deletedAt: AT }),
    { teamId: 'u', id: 'p', slug: 'same' },
  ]);
  await importInto(cluster, 'Task', [
    row('1', { projectId: 'p', assigneeId: 'ada', title: 'paint the wall', points: 1, number: 1 }),
    row('2', { projectId: 'p', assigneeId: 'ada', title: 'paint the door', points: 2, deletedAt: AT, parentId: '1' }),
    row('3', { projectId: 'gone', assigneeId: 'bob', title: 'paint it all', points: 3, parentId: '2' }),
  ]);
  await importInto(cluster, 'Comment', [
    row('a', { taskId: '1' }),
    row('b', { taskId: '1', deletedAt: AT }),
    row('c', { taskId: '2' }),
  ]);
  await importInto(cluster, 'Label', [row('x'), row('y')]);
  await importInto(cluster, 'TaskLabel', [
    { teamId, taskId: '1', labelId: 'x' },
    { teamId, taskId: '1', labelId: 'y', removedAt: AT },
    { teamId, taskId: '2', labelId: 'x' },
  ]);
  await importInto(cluster, 'Watcher', [
    { teamId, taskId: '1', personId: 'ada' },
    { teamId, taskId: '1', personId: 'bob' },
    { teamId, taskId: '3', personId: 'ada', removedAt: AT },
    { teamId, taskId: '2', personId: 'ada' },
  ]);
});

const data = (query: string, variables = {}) => cluster.data(query, variables);
const ids = (connection: { nodes: readonly { id: string }[] }) => connection.nodes.map(({ id }) => id).sort();

describe('without includeDeleted', () => {
  it.each(['shardKey: "t", ', ''])(
    'lists, their totals, aggregates and groups leave deleted rows out (%s)',
    async (by) => {
      const { projects: list } = await data(
        `{ projects(${by}where: { teamId: { ne: "u" } }) { totalCount nodes { id } aggregate { count sum { spent } } groupBy(by: [{ field: SLUG }]) { count } } }`,
      );
      expect(list).toMatchObject({ totalCount: 1, aggregate: { count: 1, sum: { spent: 1 } } });
      expect(ids(list)).toEqual(['p']);
      expect(list.groupBy).toMatchObject([{ count: 1 }]);
    },
  );

  it('rows are not found by any of their keys', async () => {
    const { byId, byKey, gone } = await data(
      '{ byId: project(by: { id: "p" }, shardKey: "t") { id } byKey: project(by: { slug: "same" }, shardKey: "t") { id } gone: project(by: { id: "gone" }, shardKey: "t") { id } }',
    );
    expect([byId, byKey, gone]).toEqual([{ id: 'p' }, { id: 'p' }, null]);
    expect(await data('{ task(by: { number: 1 }, shardKey: "t") { id } }')).toEqual({ task: { id: '1' } });
    expect(await data('{ project(by: { id: "gone" }) { id } }')).toEqual({ project: null });
  });

  it('nor by their global ids', async () => {
    const id = (key: string) => encodeNodeId(projects.model.table('Project'), [teamId, key]);
    expect(
      await data(
        'query ($p: ID!, $gone: ID!) { node(nodeId: $gone) { nodeId } nodes(nodeIds: [$p, $gone]) { nodeId } }',
        {
          p: id('p'),
          gone: id('gone'),
        },
      ),
    ).toEqual({ node: null, nodes: [{ nodeId: id('p') }, null] });
  });

  it('to-one relations to them are null, in one shard and across', async () => {
    const { tasks } = await data(
      '{ tasks(shardKey: "t", orderBy: [{ id: ASC }]) { nodes { id project { id } parent { id } assignee { id } } } }',
    );
    expect(tasks.nodes).toEqual([
      { id: '1', project: { id: 'p' }, parent: null, assignee: { id: 'ada' } },
      { id: '3', project: null, parent: null, assignee: null },
    ]);
  });

  it('to-many relations, also through join rows that were deleted, leave them out', async () => {
    const { task } = await data(
      '{ task(by: { id: "1" }, shardKey: "t") { comments { totalCount nodes { id } } labels { totalCount nodes { id } } subtasks { totalCount } watchers { totalCount nodes { id } } } }',
    );
    expect(task).toEqual({
      comments: { totalCount: 1, nodes: [{ id: 'a' }] },
      labels: { totalCount: 1, nodes: [{ id: 'x' }] },
      subtasks: { totalCount: 0 },
      watchers: { totalCount: 1, nodes: [{ id: 'ada' }] },
    });
    const { person, label } = await data(
      '{ person(by: { id: "ada" }) { tasks { nodes { id } } watched { nodes { id } } } label(by: { id: "x" }, shardKey: "t") { tasks { nodes { id } } } }',
    );
    expect([ids(person.tasks), ids(person.watched), ids(label.tasks)]).toEqual([['1'], ['1'], ['1']]);
  });

  it.each([
    ['comments: { some: { id: { in: ["b", "c"] } } }', []],
    ['comments: { none: { id: { eq: "b" } } }', ['1', '3']],
    ['comments: { every: { id: { eq: "a" } } }', ['1', '3']],
    ['commentsAggregate: { count: { eq: 1 } }', ['1']],
    ['project: { id: { ne: "p" } }', []],
    ['labels: { some: { id: { eq: "y" } } }', []],
    ['labels: { some: {} }', ['1']],
    ['assignee: { id: { eq: "bob" } }', []],
    ['watchers: { some: { id: { eq: "bob" } } }', []],
    ['watchers: { some: { id: { eq: "ada" } } }', ['1']],
  ])('filters over relations do not see them: %s', async (where, expected) => {
    const { tasks } = await data(`{ tasks(shardKey: "t", where: { ${where} }) { nodes { id } } }`);
    expect(ids(tasks)).toEqual(expected);
  });

  it('nor do filters over relations across shards, from the other side', async () => {
    const { some, none } = await data(
      '{ some: people(where: { tasks: { some: { id: { eq: "2" } } } }) { nodes { id } } none: people(where: { watched: { none: { id: { eq: "3" } } } }) { nodes { id } } }',
    );
    expect([ids(some), ids(none)]).toEqual([[], ['ada']]);
  });

  it('orders by related rows, and searches, do not see them', async () => {
    const { ordered, found } = await data(
      '{ ordered: tasks(shardKey: "t", orderBy: [{ project: { id: DESC } }]) { nodes { id } } found: tasks(search: "paint", shardKey: "t") { totalCount nodes { id } } }',
    );
    // The project of 3 is gone: nothing, which is least.
    expect(ordered.nodes.map(({ id }: { id: string }) => id)).toEqual(['1', '3']);
    expect(found.totalCount).toBe(2);
    expect(ids(found)).toEqual(['1', '3']);
  });
});

describe('pages', () => {
  it('go on behind a row that was deleted meanwhile, and show each of the others once', async () => {
    await importInto(cluster, 'Label', [{ teamId: 'u', id: 'l' }]);
    await importInto(
      cluster,
      'Task',
      Array.from({ length: 9 }, (_, at) => ({ teamId: 'u', id: `${at}`, points: 1 + (at % 3) })),
    );
    const page = async (after: string | null, by: string) => {
      const { tasks } = await data(
        `query ($after: String) { tasks(${by}where: { teamId: { eq: "u" } }, orderBy: [{ points: ASC }], first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      return tasks;
    };
    for (const by of ['shardKey: "u", ', '']) {
      const first = await page(null, by);
      expect(ids(first)).toEqual(['0', '3']);
      await data(
        'mutation { a: deleteTask(by: { id: "3" }, shardKey: "u") { id } b: deleteTask(by: { id: "6" }, shardKey: "u") { id } }',
      );
      const seen = [];
      let { endCursor: after } = first.pageInfo;
      for (let hasNextPage = true; hasNextPage; ) {
        const { nodes, totalCount, pageInfo } = await page(after, by);
        expect(totalCount).toBe(7);
        seen.push(...nodes.map(({ id }: { id: string }) => id));
        ({ hasNextPage, endCursor: after } = pageInfo);
      }
      expect(seen).toEqual(['1', '4', '7', '2', '5', '8']);
      await data(
        'mutation { a: restoreTask(by: { id: "3" }, shardKey: "u") { id } b: restoreTask(by: { id: "6" }, shardKey: "u") { id } }',
      );
    }
  });
});

describe('with includeDeleted', () => {
  it('lists, rows and to-many relations show them', async () => {
    const {
      projects: all,
      project,
      task,
      deleted,
    } = await data(`{
      projects(shardKey: "t", includeDeleted: true) { totalCount nodes { id deletedAt } }
      project(by: { id: "gone" }, shardKey: "t", includeDeleted: true) { id deletedAt tasks { nodes { id } } }
      task(by: { id: "1" }, shardKey: "t") { comments(includeDeleted: true) { nodes { id } } subtasks(includeDeleted: true) { nodes { id deletedAt comments { totalCount } } } watchers(includeDeleted: true) { nodes { id } } }
      deleted: projects(shardKey: "t", includeDeleted: true, where: { deletedAt: { isNull: false } }) { totalCount }
    }`);
    expect(all.totalCount).toBe(3);
    expect(ids(all)).toEqual(['gone', 'gone-too', 'p']);
    expect(project).toEqual({ id: 'gone', deletedAt: AT, tasks: { nodes: [{ id: '3' }] } });
    expect(ids(task.comments)).toEqual(['a', 'b']);
    expect(ids(task.watchers)).toEqual(['ada', 'bob']);
    expect(task.subtasks.nodes).toEqual([{ id: '2', deletedAt: AT, comments: { totalCount: 1 } }]);
    expect(deleted.totalCount).toBe(2);
  });

  it('searches, aggregates and groups show them too', async () => {
    const { tasks } = await data(
      '{ tasks(search: "paint", shardKey: "t", includeDeleted: true) { totalCount nodes { id } aggregate { count sum { points } } groupBy(by: [{ field: ASSIGNEE_ID }]) { count keys { assigneeId } } } }',
    );
    expect(ids(tasks)).toEqual(['1', '2', '3']);
    expect(tasks).toMatchObject({ totalCount: 3, aggregate: { count: 3, sum: { points: 6 } } });
    expect(tasks.groupBy).toEqual([
      { count: 2, keys: { assigneeId: 'ada' } },
      { count: 1, keys: { assigneeId: 'bob' } },
    ]);
  });

  it('a key that several deleted rows have names none of them', async () => {
    const { errors } = await cluster.run(
      '{ project(by: { slug: "same" }, shardKey: "t", includeDeleted: true) { id } }',
    );
    expect(summary(errors)).toEqual(['project BAD_USER_INPUT']);
  });

  it('null and false mean the same as nothing, also as variables of one document', async () => {
    const query = 'query ($all: Boolean) { projects(shardKey: "t", includeDeleted: $all) { totalCount } }';
    const totals = [];
    for (const variables of [{}, { all: true }, { all: null }, { all: false }, { all: true }]) {
      totals.push((await data(query, variables)).projects.totalCount);
    }
    expect(totals).toEqual([1, 3, 1, 1, 3]);
  });

  it('is no argument of other tables, of to-one relations and of global ids', async () => {
    for (const query of [
      '{ files(includeDeleted: true) { totalCount } }',
      '{ labels { nodes { tasks(includeDeleted: true) { nodes { files(includeDeleted: true) { totalCount } } } } } }',
      '{ tasks { nodes { project(includeDeleted: true) { id } } } }',
      '{ node(nodeId: "a", includeDeleted: true) { nodeId } }',
    ]) {
      const { errors } = await cluster.run(query);
      expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('includeDeleted')]);
    }
  });
});

it('clients cannot write the moment of a delete', () => {
  const fields = (type: string) =>
    Object.keys((projects.schema.getType(type) as never as { getFields(): object }).getFields());
  for (const input of ['CreateInput', 'UpdateInput']) {
    expect(fields(`Project${input}`)).not.toContain('deletedAt');
    expect(fields(`Project${input}`)).toContain('slug');
  }
  expect(fields('ProjectWhere')).toContain('deletedAt');
});
