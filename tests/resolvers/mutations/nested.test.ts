/** Rows written together with the row that has the relation, over real shards. */
import { beforeEach, describe, expect, it } from 'vitest';
import model from '../../models/workshop.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

const worker = createLabWorker(model, 2);
let team = '';
let count = 0;

beforeEach(async () => {
  team = `nested-${++count}`;
  await data('mutation { createTeam(data: { id: "$team", name: "T" }) { id } }');
});

const inTeam = (query: string): string => query.replaceAll('$team', team);

async function answer(query: string) {
  return worker.graphql(inTeam(query), {}, { 'x-shardql-trace': '1' });
}

async function data(query: string) {
  const { data: found, errors } = await answer(query);
  expect(errors).toEqual([]);
  return found;
}

/** Code and place of the one error. */
async function refusal(query: string) {
  const { errors } = await answer(query);
  expect(errors).toHaveLength(1);
  const { code, inputPath } = errors[0]!.extensions!;
  return [code, (inputPath as unknown[] | undefined)?.join('.')];
}

const person = (id: string, rest = '') =>
  data(`mutation { createPerson(data: { teamId: "$team", id: "${id}", name: "${id}", ${rest} }) { id } }`);
const project = (id: string, rest = '') =>
  data(`mutation { createProject(data: { teamId: "$team", id: "${id}", title: "${id}", ${rest} }) { id } }`);
const update = (type: string, id: string, input: string, selection = '{ id }') =>
  `mutation { changed: update${type}(by: { id: "${id}" }, shardKey: "$team", data: ${input}) ${selection} }`;

/** Ids of a list, with what some columns hold. */
async function rows(list: string, columns = ''): Promise<string[]> {
  const found = await data(
    `{ ${list}(first: 100, shardKey: "$team", orderBy: [{ id: ASC }]) { nodes { id ${columns} } } }`,
  );
  return found[list].nodes.map((row: object) => Object.values(row).join(' '));
}

describe('a row with all that belongs to it', () => {
  it('is one call of one shard, and its answer shows all of it', async () => {
    const {
      data: found,
      errors,
      extensions,
    } = await answer(`mutation {
      createProject(data: {
        teamId: "$team", title: "P"
        owner: { create: { name: "O", badge: { create: { code: "B" } } } }
        tasks: { create: [
          { title: "a", labels: { create: [{ name: "L" }] }, watchers: { connect: [{ name: "O" }] } }
          { title: "b", labels: { connectOrCreate: [{ by: { name: "M" }, create: {} }] } }
        ] }
      }) {
        owner { name badge { code } }
        tasks(orderBy: [{ title: ASC }]) { nodes { title labels { nodes { name } } watchers { nodes { name } } } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(extensions.trace.rpcs).toBe(1);
    const tasks = [
      { title: 'a', labels: { nodes: [{ name: 'L' }] }, watchers: { nodes: [{ name: 'O' }] } },
      { title: 'b', labels: { nodes: [{ name: 'M' }] }, watchers: { nodes: [] } },
    ];
    expect(found.createProject).toEqual({ owner: { name: 'O', badge: { code: 'B' } }, tasks: { nodes: tasks } });
  });

  it('takes its shard key from a row that it refers to, new or old', async () => {
    const { createPerson: old } = await data(
      'mutation { createPerson(data: { name: "p", team: { connect: { id: "$team" } } }) { teamId } }',
    );
    expect(old).toEqual({ teamId: team });
    const { createPerson: made } = await data(
      'mutation { createPerson(data: { name: "p", team: { create: { name: "New" } } }) { teamId team { id name } } }',
    );
    expect(made).toEqual({ teamId: made.team.id, team: { id: made.team.id, name: 'New' } });
  });

  it('leaves nothing behind when something fails at depth 3, and says where', async () => {
    const query = `mutation {
      createProject(data: {
        teamId: "$team", title: "P"
        tasks: { create: [
          { title: "a" }
          { title: "b", labels: { create: [{ name: "L", id: "l" }, { name: "L" }] } }
        ] }
      }) { id }
    }`;
    expect(await refusal(query)).toEqual(['UNIQUE_VIOLATION', 'data.tasks.create.1.labels.create.1.name']);
    for (const list of ['projects', 'tasks', 'labels']) expect(await rows(list)).toEqual([]);
  });
});

describe('a version that is expected', () => {
  const versionOf = async (id: string) =>
    (await data(`{ person(by: { id: "${id}" }, shardKey: "$team") { version } }`)).person.version;

  it('is that of before the request, whatever nested writes have changed of the row', async () => {
    await person('a');
    const version = await versionOf('a');
    const change = (expected: string) =>
      `mutation { updatePerson(
        by: { id: "a" }, shardKey: "$team", expectedVersion: "${expected}"
        data: { name: "changed", manager: { create: { id: "m", name: "m", reports: { connect: [{ id: "a" }] } } } }
      ) { name manager { id } } }`;
    expect(await refusal(change('1'))).toEqual(['CONFLICT', undefined]);
    expect(await rows('people', 'name')).toEqual(['a a']);
    expect((await data(change(version))).updatePerson).toEqual({ name: 'changed', manager: { id: 'm' } });
    expect(await refusal(change(version))).toEqual(['CONFLICT', undefined]);
  });

  it('holds for each operation of a transaction, and of no row that it has created', async () => {
    await person('a');
    const version = await versionOf('a');
    const operation = (id: string, name: string, expected: string) =>
      `{ updatePerson: { by: { id: "${id}" }, shardKey: "$team", expectedVersion: "${expected}", data: { name: "${name}" } } }`;
    const transaction = (...operations: string[]) =>
      `mutation { transaction(operations: [${operations}]) { results { affectedCount } } }`;
    await data(transaction(operation('a', 'b', version), operation('a', 'c', version)));
    expect(await rows('people', 'name')).toEqual(['a c']);
    const create = '{ createPerson: { data: { teamId: "$team", id: "n", name: "n" } } }';
    const now = await versionOf('a');
    // Its version is that of a commit which never comes to be, so that nobody is told it, and nobody can guess it.
    for (const version of [now, String(Number(now) + 1)]) {
      const { errors } = await answer(transaction(create, operation('n', 'o', version)));
      expect(errors[0]!.extensions).toMatchObject({
        code: 'NOT_FOUND',
        inputPath: ['operations', 1, 'updatePerson'],
      });
      expect(errors[0]!.extensions).not.toHaveProperty('currentVersion');
    }
    expect(await refusal(transaction(operation('a', 'd', now), operation('a', 'e', version)))).toEqual([
      'CONFLICT',
      'operations.1.updatePerson',
    ]);
    const { errors } = await answer(transaction(operation('a', 'd', now), operation('a', 'e', version)));
    expect(errors[0]!.extensions!.currentVersion).toBe(now);
  });
});

describe('a to-one relation whose columns the row holds', () => {
  it('is created, connected, or one of the two', async () => {
    await person('a');
    await project('p', 'owner: { create: { id: "b", name: "b" } }');
    expect(await rows('projects', 'ownerId')).toEqual(['p b']);
    await data(update('Project', 'p', '{ owner: { connect: { name: "a" } } }'));
    expect(await rows('projects', 'ownerId')).toEqual(['p a']);
    const orCreate = (name: string) =>
      update(
        'Project',
        'p',
        `{ owner: { connectOrCreate: { by: { name: "${name}" }, create: { id: "n", name: "${name}" } } } }`,
      );
    await data(orCreate('b'));
    expect(await rows('projects', 'ownerId')).toEqual(['p b']);
    await data(orCreate('new'));
    expect(await rows('projects', 'ownerId')).toEqual(['p n']);
  });

  it('is updated, and created by upsert where there is none', async () => {
    await project('p');
    expect(await refusal(update('Project', 'p', '{ owner: { update: { data: { name: "x" } } } }'))).toEqual([
      'NOT_FOUND',
      'data.owner.update',
    ]);
    const upsert = update(
      'Project',
      'p',
      '{ owner: { upsert: { create: { id: "o", name: "made" }, update: { name: "changed" } } } }',
    );
    await data(upsert);
    expect(await rows('people', 'name')).toEqual(['o made']);
    await data(upsert);
    expect(await rows('people', 'name')).toEqual(['o changed']);
  });

  it('is disconnected, and deleted', async () => {
    await project('p', 'owner: { create: { id: "a", name: "a" } }');
    await data(update('Project', 'p', '{ owner: { disconnect: false } }'));
    expect(await rows('projects', 'ownerId')).toEqual(['p a']);
    await data(update('Project', 'p', '{ owner: { disconnect: true } }'));
    expect(await rows('projects', 'ownerId')).toEqual(['p ']);
    await data(update('Project', 'p', '{ owner: { connect: { id: "a" } } }'));
    await data(update('Project', 'p', '{ owner: { delete: true } }'));
    expect([await rows('projects', 'ownerId'), await rows('people')]).toEqual([['p '], []]);
  });

  it('must stay where the column cannot be null', async () => {
    await project('p', 'tasks: { create: [{ id: "t", title: "t" }] }');
    expect(await refusal(update('Task', 't', '{ project: { disconnect: true } }'))).toEqual([
      'BAD_USER_INPUT',
      'data.project.disconnect',
    ]);
  });
});

describe('a to-one relation whose columns the other row holds', () => {
  const badge = (input: string) => update('Person', 'a', `{ badge: ${input} }`);

  it('makes place for another', async () => {
    await person('a', 'badge: { create: { id: "x", code: "x" } }');
    await data(badge('{ create: { id: "y", code: "y" } }'));
    expect(await rows('badges', 'personId')).toEqual(['x ', 'y a']);
    await data(badge('{ connect: { code: "x" } }'));
    expect(await rows('badges', 'personId')).toEqual(['x a', 'y ']);
    await data(badge('{ connectOrCreate: { by: { code: "y" }, create: { code: "y" } } }'));
    expect(await rows('badges', 'personId')).toEqual(['x ', 'y a']);
  });

  it('is updated, upserted, disconnected and deleted', async () => {
    await person('a');
    await data(badge('{ upsert: { create: { id: "x", code: "made" }, update: { code: "changed" } } }'));
    await data(badge('{ upsert: { create: { id: "z", code: "made" }, update: { code: "changed" } } }'));
    expect(await rows('badges', 'code')).toEqual(['x changed']);
    await data(badge('{ update: { data: { code: "again" } } }'));
    expect(await rows('badges', 'code personId')).toEqual(['x again a']);
    await data(badge('{ disconnect: true }'));
    expect(await refusal(badge('{ delete: true }'))).toEqual(['NOT_FOUND', 'data.badge.delete']);
    await data(badge('{ connect: { id: "x" } }'));
    await data(badge('{ delete: true }'));
    expect(await rows('badges')).toEqual([]);
  });
});

describe('a to-many relation', () => {
  const tasks = (input: string) => update('Project', 'p', `{ tasks: ${input} }`);

  it('reaches the rows of its own parent alone', async () => {
    await project('p', 'tasks: { create: [{ id: "mine", title: "t" }] }');
    await project('q', 'tasks: { create: [{ id: "theirs", title: "t" }] }');
    await person('a', 'tasks: { connect: [{ id: "mine" }] }');
    for (const [input, place] of [
      [
        '{ update: [{ by: { id: "mine" }, data: { title: "u" } }, { by: { id: "theirs" }, data: { title: "u" } }] }',
        'update.1',
      ],
      ['{ delete: [{ by: { id: "theirs" } }] }', 'delete.0'],
    ] as const) {
      expect(await refusal(tasks(input))).toEqual(['NOT_FOUND', `data.tasks.${place}`]);
    }
    expect(await refusal(update('Person', 'a', '{ tasks: { disconnect: [{ id: "theirs" }] } }'))).toEqual([
      'NOT_FOUND',
      'data.tasks.disconnect.0',
    ]);
    expect(
      await refusal(tasks('{ upsert: [{ by: { id: "theirs" }, create: { title: "n" }, update: { title: "u" } }] }')),
    ).toEqual(['UNIQUE_VIOLATION', 'data.tasks.upsert.0.create']);
    expect(await rows('tasks', 'title')).toEqual(['mine t', 'theirs t']);
  });

  it('creates, connects, updates, upserts and deletes', async () => {
    await project('p', 'tasks: { create: [{ id: "a", title: "a" }, { id: "b", title: "b" }] }');
    await project('q', 'tasks: { create: [{ id: "c", title: "c" }] }');
    await data(
      tasks(`{
        delete: [{ by: { id: "a" } }]
        update: [{ by: { id: "b" }, data: { title: "B" } }]
        upsert: [
          { by: { id: "b" }, create: { title: "never" }, update: { points: 7 } }
          { by: { id: "d" }, create: { title: "d", labels: { create: [{ name: "of d" }] } }, update: { labels: { create: [{ name: "never" }] } } }
        ]
        connect: [{ id: "c" }]
        connectOrCreate: [{ by: { id: "e" }, create: { title: "e" } }]
        create: [{ id: "f", title: "f" }]
      }`),
    );
    expect(await rows('tasks', 'projectId title points')).toEqual([
      'b p B 7',
      'c p c 0',
      'd p d 0',
      'e p e 0',
      'f p f 0',
    ]);
    expect((await data('{ labels(shardKey: "$team") { nodes { name } } }')).labels.nodes).toEqual([{ name: 'of d' }]);
  });

  it('is set to exactly some rows, and to none', async () => {
    await project(
      'p',
      'tasks: { create: [{ id: "a", title: "a" }, { id: "b", title: "b" }, { id: "c", title: "c" }] }',
    );
    await person('x', 'tasks: { connect: [{ id: "a" }, { id: "b" }] }');
    await data(update('Person', 'x', '{ tasks: { set: [{ id: "b" }, { id: "c" }] } }'));
    expect(await rows('tasks', 'assigneeId')).toEqual(['a ', 'b x', 'c x']);
    await data(update('Person', 'x', '{ tasks: { set: [] } }'));
    expect(await rows('tasks', 'assigneeId')).toEqual(['a ', 'b ', 'c ']);
  });

  it('cannot let go of rows that cannot do without', async () => {
    await project('p', 'tasks: { create: [{ id: "a", title: "a" }] }');
    expect(await refusal(tasks('{ disconnect: [{ id: "a" }] }'))).toEqual([
      'BAD_USER_INPUT',
      'data.tasks.disconnect.0',
    ]);
    expect(await refusal(tasks('{ set: [] }'))).toEqual(['BAD_USER_INPUT', 'data.tasks.set']);
    expect(await refusal(update('Team', team, '{ people: { disconnect: [{ name: "a" }] } }'))).toEqual([
      'BAD_USER_INPUT',
      'data.people.disconnect.0',
    ]);
  });

  it('changes columns in place', async () => {
    await project('p', 'tasks: { create: [{ id: "a", title: "a", points: 5 }] }');
    const change = '{ by: { id: "a" }, atomic: { points: { increment: 2 } } }';
    await data(tasks(`{ update: [${change}, ${change}] }`));
    const upsert = '{ by: { id: "a" }, create: { title: "n" }, atomic: { points: { multiply: 10 } } }';
    await data(tasks(`{ upsert: [${upsert}] }`));
    expect(await rows('tasks', 'points')).toEqual(['a 90']);
    await data(update('Task', 'a', '{ project: { update: { atomic: { title: { append: "!" } } } } }'));
    expect(await rows('projects', 'title')).toEqual(['p p!']);
    const twice = tasks('{ update: [{ by: { id: "a" }, data: { points: 1 }, atomic: { points: { increment: 1 } } }] }');
    expect(await refusal(twice)).toEqual(['BAD_USER_INPUT', 'data.tasks.update.0.atomic.points']);
  });

  it('holds versions that are expected', async () => {
    await project('p', 'tasks: { create: [{ id: "a", title: "a" }] }');
    const { task } = await data('{ task(by: { id: "a" }, shardKey: "$team") { version } }');
    const change = (version: string) =>
      tasks(`{ update: [{ by: { id: "a" }, expectedVersion: "${version}", data: { points: 1 } }] }`);
    await data(change(task.version));
    expect(await refusal(change(task.version))).toEqual(['CONFLICT', 'data.tasks.update.0']);
    const remove = tasks(`{ delete: [{ by: { id: "a" }, expectedVersion: "${task.version}" }] }`);
    expect(await refusal(remove)).toEqual(['CONFLICT', 'data.tasks.delete.0']);
  });

  it('create nothing where they expect a version', async () => {
    await project('p', 'tasks: { create: [{ id: "a", title: "a" }] }');
    await data('mutation { createPerson(data: { teamId: "$team", id: "x", name: "x" }) { id } }');
    const person = '{ upsert: { create: { name: "new" }, expectedVersion: "1" } }';
    const badge = '{ upsert: { create: { code: "new" }, expectedVersion: "1" } }';
    const task = '{ upsert: [{ by: { id: "b" }, create: { title: "new" }, expectedVersion: "1" }] }';
    expect(await refusal(update('Task', 'a', `{ assignee: ${person} }`))).toEqual([
      'NOT_FOUND',
      'data.assignee.upsert',
    ]);
    expect(await refusal(update('Person', 'x', `{ badge: ${badge} }`))).toEqual(['NOT_FOUND', 'data.badge.upsert']);
    expect(await refusal(tasks(task))).toEqual(['NOT_FOUND', 'data.tasks.upsert.0']);
  });
});

describe('a many-to-many relation', () => {
  const labels = (input: string) => update('Task', 't', `{ labels: ${input} }`, '{ labels { nodes { name } } }');
  const names = async (input: string) =>
    (await data(labels(input))).changed.labels.nodes.map(({ name }: { name: string }) => name).sort();

  beforeEach(async () => {
    await project(
      'p',
      'tasks: { create: [{ id: "t", title: "t", labels: { create: [{ id: "a", name: "a" }] } }, { id: "u", title: "u", labels: { create: [{ id: "z", name: "z" }] } }] }',
    );
  });

  it('creates and connects, each link once', async () => {
    expect(await names('{ create: [{ name: "b" }], connect: [{ name: "a" }, { name: "z" }] }')).toEqual([
      'a',
      'b',
      'z',
    ]);
    expect(
      await names(
        '{ connectOrCreate: [{ by: { name: "b" }, create: { name: "b" } }, { by: { name: "c" }, create: { name: "c" } }] }',
      ),
    ).toEqual(['a', 'b', 'c', 'z']);
    const watch = update(
      'Task',
      't',
      '{ watchers: { connect: [{ id: "w" }, { id: "w" }] } }',
      '{ watchers { totalCount } }',
    );
    await person('w');
    expect((await data(watch)).changed.watchers.totalCount).toBe(1);
    expect((await data(watch)).changed.watchers.totalCount).toBe(1);
  });

  it('takes links away, and leaves the rows', async () => {
    expect(await names('{ disconnect: [{ id: "a" }] }')).toEqual([]);
    expect(await rows('labels', 'name')).toEqual(['a a', 'z z']);
    expect(await names('{ set: [{ name: "z" }, { name: "a" }] }')).toEqual(['a', 'z']);
    expect(await names('{ set: [{ name: "z" }] }')).toEqual(['z']);
    expect(await names('{ set: [] }')).toEqual([]);
  });

  it('changes and deletes what is linked, and nothing else', async () => {
    expect(await names('{ update: [{ by: { id: "a" }, data: { name: "A" } }] }')).toEqual(['A']);
    expect(
      await names(
        '{ upsert: [{ by: { name: "A" }, create: { name: "A" }, update: { name: "AA" } }, { by: { name: "n" }, create: { name: "n" }, update: {} }] }',
      ),
    ).toEqual(['AA', 'n']);
    for (const verb of [
      'update: [{ by: { id: "z" }, data: { name: "x" } }]',
      'delete: [{ by: { id: "z" } }]',
      'disconnect: [{ id: "z" }]',
      'upsert: [{ by: { name: "z" }, create: { name: "z" }, update: { name: "y" } }]',
    ]) {
      expect(await refusal(labels(`{ ${verb} }`))).toEqual(['NOT_FOUND', `data.labels.${verb.split(':')[0]}.0`]);
    }
    expect(await names('{ delete: [{ by: { id: "a" } }] }')).toEqual(['n']);
  });
});

describe('what cannot be', () => {
  it('is a column that is given twice', async () => {
    const twice =
      'mutation { createTask(data: { teamId: "$team", title: "t", projectId: "p", project: { connect: { id: "p" } } }) { id } }';
    await project('p');
    expect(await refusal(twice)).toEqual(['BAD_USER_INPUT', 'data.projectId']);
    const both = update('Project', 'p', '{ tasks: { create: [{ title: "t", projectId: "q" }] } }');
    expect(await refusal(both)).toEqual(['BAD_USER_INPUT', 'data.tasks.create.0.projectId']);
  });

  it('is a row of another shard key', async () => {
    const other = update('Team', team, '{ people: { create: [{ teamId: "other", name: "x" }] } }');
    expect(await refusal(other)).toEqual(['BAD_USER_INPUT', 'data.people.create.0']);
  });

  it('is a relation across shards', async () => {
    const query =
      'mutation { createPerson(data: { teamId: "$team", name: "x", country: { connect: { code: "PT" } } }) { id } }';
    expect(await refusal(query)).toEqual(['BAD_USER_INPUT', 'data.country']);
    expect((await answer(query)).errors[0]!.message).toContain('set countryCode here');
  });

  it('is null', async () => {
    expect(await refusal(update('Team', team, '{ people: null }'))).toEqual(['BAD_USER_INPUT', 'data.people']);
    expect(await refusal(update('Team', team, '{ people: { create: null } }'))).toEqual([
      'BAD_USER_INPUT',
      'data.people.create',
    ]);
  });

  it('is more than 10,000 operations', async () => {
    const people = Array.from({ length: 10_000 }, (_, index) => ({ name: `p${index}` }));
    const query =
      'mutation ($people: [PersonCreateInput!]) { createTeam(data: { id: "big", name: "B", people: { create: $people } }) { id } }';
    const { errors } = await worker.graphql(query, { people });
    expect(errors[0]!.extensions!.code).toBe('OPERATION_LIMIT_EXCEEDED');
    expect((await data('{ team(by: { id: "big" }) { id } }')).team).toBeNull();
  });
});
