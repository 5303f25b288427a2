/** Rules of the model hold whatever writes a row: each way of writing against each kind of rule. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defineExtensions } from '../../src/index.ts';
import model from '../models/projects/model.ts';
import { createLabWorker } from '../support/lab-worker.ts';

const extensions = defineExtensions(model, ({ builder, row }) => {
  builder.mutationFields((t) => {
    const args = { team: t.arg.id({ required: true }), data: t.arg({ type: 'JSON', required: true }) };
    return {
      createByCode: t.field({
        type: row('Project'),
        args,
        resolve: (_root, { team, data }, context) =>
          context.create('Project', { data: { teamId: team, id: 'n', ...(data as object) } }),
      }),
      updateByCode: t.field({
        type: row('Project'),
        args,
        resolve: (_root, { team, data }, context) =>
          context.update('Project', { by: { id: 'p' }, shardKey: team, data: data as object }),
      }),
      transactByCode: t.field({
        type: row('Project'),
        args,
        resolve: (_root, { team, data }, context) =>
          context.transaction(team, (tx) => {
            tx.create('Task', { data: { id: 'new' } });
            return tx.update('Project', { by: { id: 'p' }, data: data as object });
          }),
      }),
    };
  });
});

const worker = createLabWorker(model, 2, extensions);
let count = 0;
let team = '';

beforeEach(async () => {
  team = `validated-${++count}`;
  const { errors } = await worker.graphql(`mutation {
    a: createTeam(data: { id: "${team}" }) { id }
    b: createProject(data: { teamId: "${team}", id: "p", slug: "same", budget: 5 }) { id }
    c: createTask(data: { teamId: "${team}", id: "1", projectId: "p", points: 99 }) { id }
  }`);
  expect(errors).toEqual([]);
});

/** All rows with their versions: what is not written leaves them as they are. */
async function stored() {
  const { data } = await worker.graphql(`{
    projects(shardKey: "${team}", includeDeleted: true, orderBy: [{ id: ASC }]) { nodes { id name slug budget spent version } }
    tasks(shardKey: "${team}", includeDeleted: true, orderBy: [{ id: ASC }]) { nodes { id projectId points version } }
  }`);
  return data;
}

/** Columns that break a rule of the project: of a column, of a generated one, a function, and the rule for rows. */
const BROKEN = [
  { values: 'name: ""', rule: 'minLength', field: 'name' },
  { values: 'slug: "abcdefghijkl"', rule: 'maxLength', field: 'path' },
  { values: 'spent: 13', rule: 'custom', field: 'spent' },
  { values: 'budget: 1, spent: 2', rule: 'custom', field: 'spent' },
];

/** The place of a value, or of all values if it is none of those that are given. */
const placeOf = (values: string, column: string, place: readonly (string | number)[]) =>
  values.includes(`${column}:`) ? [...place, column] : place;

/** Ways to write a project, with the place of the values among the arguments. */
const WRITES: Readonly<
  Record<string, readonly [field: (values: string) => string, inputPath: readonly (string | number)[]]>
> = {
  create: [(values) => `createProject(data: { teamId: "$team", id: "n", ${values} }) { id }`, ['data']],
  update: [(values) => `updateProject(by: { id: "p" }, shardKey: "$team", data: { ${values} }) { id }`, ['data']],
  'upsert of a new row': [
    (values) =>
      `upsertProject(by: { id: "n" }, shardKey: "$team", create: { id: "n", ${values} }, update: { name: "fine" }) { id }`,
    ['create'],
  ],
  'upsert of a row that is there': [
    (values) => `upsertProject(by: { id: "p" }, shardKey: "$team", create: { id: "p" }, update: { ${values} }) { id }`,
    ['update'],
  ],
  createMany: [
    (values) =>
      `createProjects(data: [{ teamId: "$team", id: "m" }, { teamId: "$team", id: "n", ${values} }]) { affectedCount }`,
    ['data', 1],
  ],
  'createMany, tried': [
    (values) => `createProjects(dryRun: true, data: [{ teamId: "$team", id: "n", ${values} }]) { affectedCount }`,
    ['data', 0],
  ],
  'createMany of rows that are there': [
    (values) =>
      `createProjects(onConflict: UPDATE, data: [{ teamId: "$team", id: "m" }, { teamId: "$team", id: "p", ${values} }]) { affectedCount }`,
    ['data', 1],
  ],
  upsertMany: [
    (values) =>
      `upsertProjects(data: [{ teamId: "$team", id: "m" }, { teamId: "$team", id: "p", ${values} }]) { affectedCount }`,
    ['data', 1],
  ],
  'upsertMany of new rows': [
    (values) =>
      `upsertProjects(data: [{ teamId: "$team", id: "p", name: "fine" }, { teamId: "$team", id: "n", ${values} }]) { affectedCount }`,
    ['data', 1],
  ],
  updateMany: [
    (values) =>
      `updateProjects(where: { id: { eq: "p" } }, data: { ${values} }, atMost: 5, shardKey: "$team") { affectedCount }`,
    ['data'],
  ],
  'updateMany, tried': [
    (values) =>
      `updateProjects(dryRun: true, where: { id: { eq: "p" } }, data: { ${values} }, atMost: 5, shardKey: "$team") { affectedCount }`,
    ['data'],
  ],
  'nested create': [
    (values) =>
      `updateTeam(by: { id: "$team" }, data: { projects: { create: [{ id: "m" }, { id: "n", ${values} }] } }) { id }`,
    ['data', 'projects', 'create', 1],
  ],
  'nested update': [
    (values) =>
      `updateTeam(by: { id: "$team" }, data: { projects: { update: [{ by: { id: "p" }, data: { ${values} } }] } }) { id }`,
    ['data', 'projects', 'update', 0, 'data'],
  ],
  'nested upsert of a new row': [
    (values) =>
      `updateTeam(by: { id: "$team" }, data: { projects: { upsert: [{ by: { id: "n" }, create: { id: "n", ${values} }, update: {} }] } }) { id }`,
    ['data', 'projects', 'upsert', 0, 'create'],
  ],
  'nested upsert of a row that is there': [
    (values) =>
      `updateTeam(by: { id: "$team" }, data: { projects: { upsert: [{ by: { id: "p" }, create: { id: "p" }, update: { ${values} } }] } }) { id }`,
    ['data', 'projects', 'upsert', 0, 'update'],
  ],
  'nested connectOrCreate': [
    (values) =>
      `updateTeam(by: { id: "$team" }, data: { projects: { connectOrCreate: [{ by: { id: "n" }, create: { id: "n", ${values} } }] } }) { id }`,
    ['data', 'projects', 'connectOrCreate', 0, 'create'],
  ],
  'nested create of what a row refers to': [
    (values) => `createTask(data: { teamId: "$team", id: "2", project: { create: { id: "n", ${values} } } }) { id }`,
    ['data', 'project', 'create'],
  ],
  'nested update of what a row refers to': [
    (values) =>
      `updateTask(by: { id: "1" }, shardKey: "$team", data: { project: { update: { data: { ${values} } } } }) { id }`,
    ['data', 'project', 'update', 'data'],
  ],
  'nested upsert of what a row refers to': [
    (values) =>
      `updateTask(by: { id: "1" }, shardKey: "$team", data: { project: { upsert: { create: { id: "n" }, update: { ${values} } } } }) { id }`,
    ['data', 'project', 'upsert', 'update'],
  ],
  'create in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { createProject: { data: { id: "n", ${values} } } }]) { results { affectedCount } }`,
    ['operations', 1, 'createProject', 'data'],
  ],
  'update in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { updateProject: { by: { id: "p" }, data: { ${values} } } }]) { results { affectedCount } }`,
    ['operations', 1, 'updateProject', 'data'],
  ],
  'createMany in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { createProjects: { data: [{ id: "m" }, { id: "n", ${values} }] } }]) { results { affectedCount } }`,
    ['operations', 1, 'createProjects', 'data', 1],
  ],
  'updateMany in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { updateProjects: { where: { id: { eq: "p" } }, data: { ${values} }, atMost: 5 } }]) { results { affectedCount } }`,
    ['operations', 1, 'updateProjects', 'data'],
  ],
  'upsert in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { upsertProject: { by: { id: "p" }, create: { id: "p" }, update: { ${values} } } }]) { results { affectedCount } }`,
    ['operations', 1, 'upsertProject', 'update'],
  ],
  'upsertMany in a transaction': [
    (values) =>
      `transaction(operations: [{ createTask: { data: { teamId: "$team", id: "2" } } }, { upsertProjects: { data: [{ id: "m" }, { id: "p", ${values} }] } }]) { results { affectedCount } }`,
    ['operations', 1, 'upsertProjects', 'data', 1],
  ],
  'nested create of createMany': [
    (values) =>
      `createTasks(data: [{ teamId: "$team", id: "2" }, { teamId: "$team", id: "3", project: { create: { id: "n", ${values} } } }]) { affectedCount }`,
    ['data', 1, 'project', 'create'],
  ],
  'create by code': [(values) => `createByCode(team: "$team", data: { ${values} }) { id }`, ['data']],
  'update by code': [(values) => `updateByCode(team: "$team", data: { ${values} }) { id }`, ['data']],
  'transaction by code': [
    (values) => `transactByCode(team: "$team", data: { ${values} }) { id }`,
    ['operations', 1, 'data'],
  ],
};

it.each(Object.entries(WRITES))(
  '%s is held to rules of every kind, and writes nothing that breaks one',
  async (_, [field, inputPath]) => {
    const run = (values: string) => worker.graphql(`mutation { ${field(values).replaceAll('$team', team)} }`);
    const before = await stored();
    for (const { values, rule, field: column } of BROKEN) {
      const { errors } = await run(values);
      expect(errors, values).toMatchObject([
        {
          message: expect.stringMatching(/^Expected .*Project.* but got /),
          extensions: {
            code: 'INVALID_VALUE',
            table: 'Project',
            field: column,
            rule,
            inputPath: placeOf(values, column, inputPath),
          },
        },
      ]);
    }
    expect(await stored()).toEqual(before);
    expect((await run('name: "fine", budget: 2, spent: 2')).errors).toEqual([]);
  },
);

describe('changes in place', () => {
  it.each([
    ['updateProject(by: { id: "p" }, shardKey: "$team", atomic: $) { id }', ['atomic']],
    ['upsertProject(by: { id: "p" }, shardKey: "$team", create: { id: "p" }, atomic: $) { id }', ['atomic']],
    [
      'updateProjects(where: { id: { eq: "p" } }, atomic: $, atMost: 5, shardKey: "$team") { affectedCount }',
      ['atomic'],
    ],
    [
      'updateTeam(by: { id: "$team" }, data: { projects: { update: [{ by: { id: "p" }, atomic: $ }] } }) { id }',
      ['data', 'projects', 'update', 0, 'atomic'],
    ],
    [
      'updateTask(by: { id: "1" }, shardKey: "$team", data: { project: { update: { atomic: $ } } }) { id }',
      ['data', 'project', 'update', 'atomic'],
    ],
    [
      'transaction(operations: [{ updateProject: { by: { id: "p" }, shardKey: "$team", atomic: $ } }]) { results { affectedCount } }',
      ['operations', 0, 'updateProject', 'atomic'],
    ],
  ])('%s are held to rules by what they make of the value', async (field, inputPath) => {
    const before = await stored();
    const run = (change: string) =>
      worker.graphql(`mutation { ${field.replaceAll('$team', team).replace('$', change)} }`);
    for (const [change, rule, column] of [
      ['{ budget: { decrement: 6 } }', 'min', 'budget'],
      ['{ spent: { increment: 13 } }', 'custom', 'spent'],
      ['{ spent: { increment: 6 } }', 'custom', 'spent'],
      ['{ name: { append: "much too long for a name" } }', 'maxLength', 'name'],
      ['{ slug: { append: "-as-before" } }', 'maxLength', 'path'],
    ] as const) {
      const { errors } = await run(change);
      const place = placeOf(change, column, inputPath);
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_VALUE', rule, field: column, inputPath: place } }]);
    }
    expect(await stored()).toEqual(before);
    expect((await run('{ spent: { increment: 5 } }')).errors).toEqual([]);
  });
});

describe('an import', () => {
  const importRows = async (rows: readonly object[], more = '') => {
    const body = rows.map((row) => JSON.stringify({ teamId: team, ...row })).join('\n');
    const response = await worker.fetch(`/import?table=Project${more}`, { method: 'POST', body });
    return response.json();
  };
  const rows = [
    { id: 'a' },
    { id: 'b', name: '' },
    { id: 'c', slug: 'abcdefghijkl' },
    { id: 'd', spent: 13 },
    { id: 'e', budget: 1, spent: 2 },
    { id: 'p', budget: -1 },
    { id: 'f', deletedAt: '2026-01-02T03:04:05.000Z', name: 'much too long for a name' },
    { id: 'g', spent: 666 },
  ];
  const failure = (line: number, field?: string, code = 'INVALID_VALUE') =>
    expect.objectContaining({ line, code, ...(field !== undefined && { field }) });

  it('refuses each row that breaks a rule, and no other', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      expect(await importRows(rows)).toMatchObject({
        inserted: 1,
        updated: 0,
        failures: [
          failure(2, 'name'),
          failure(3, 'path'),
          failure(4, 'spent'),
          failure(5, 'spent'),
          failure(6, 'budget'),
          failure(7, 'name'),
          failure(8, undefined, 'INTERNAL_SERVER_ERROR'),
        ],
      });
      expect(log.mock.calls.flat().join()).toContain('the rule itself is wrong');
    } finally {
      log.mockRestore();
    }
    const { projects } = await stored();
    expect(projects.nodes.map(({ id }: { id: string }) => id)).toEqual(['a', 'p']);
  });

  it('holds a row that is there to its rule by the columns that the file leaves out too', async () => {
    expect(await importRows([{ id: 'p', spent: 6 }])).toMatchObject({ updated: 0, failures: [failure(1, 'spent')] });
    expect(await importRows([{ id: 'p', spent: 5 }])).toMatchObject({ updated: 1, failures: [] });
  });

  it('that is tried applies the rules of the columns that the file gives', async () => {
    const before = await stored();
    expect(await importRows(rows, '&dryRun=1')).toMatchObject({
      valid: 4,
      failures: [failure(2, 'name'), failure(4, 'spent'), failure(6, 'budget'), failure(7, 'name')],
    });
    expect(await stored()).toEqual(before);
  });
});
