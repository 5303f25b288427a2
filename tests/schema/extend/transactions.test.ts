/** Own mutations that write several rows in one transaction. */
import { beforeEach, describe, expect, it } from 'vitest';
import { defineExtensions, ShardQLError } from '../../../src/index.ts';
import model from '../../models/workshop.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

/** Left running by the field `late`. */
let late: Promise<unknown> = Promise.resolve();

const extensions = defineExtensions(model, ({ builder, row }) => {
  const args = (t: { arg: { id: (options: { required: true }) => never } }) => ({ team: t.arg.id({ required: true }) });
  builder.mutationFields((t) => ({
    plan: t.field({
      type: [row('Task')],
      args: args(t as never),
      resolve: (_root, { team }: { team: string }, context) =>
        context.transaction(team, async (tx) => {
          const owner = tx.create('Person', { data: { name: 'owner' } });
          const project = tx.create('Project', { data: { title: 'p', ownerId: owner.ref('id') } });
          const tasks = ['a', 'b'].map((title) =>
            tx.create('Task', {
              data: {
                title,
                projectId: project.ref('id'),
                assigneeId: project.ref('ownerId'),
                labels: { create: [{ name: title }] },
              },
            }),
          );
          tx.update('Person', { by: { name: 'owner' }, data: { name: 'changed' } });
          return tasks;
        }),
    }),
    summary: t.string({
      args: args(t as never),
      resolve: async (_root, { team }: { team: string }, context) => {
        const { made, gone, count } = await context.transaction(team, (tx) => {
          const made = tx.create('Label', { data: { name: 'm' } });
          tx.update('Label', { by: { name: 'm' }, data: { name: 'n' } });
          return { made, gone: tx.delete('Label', { by: { name: 'old' } }), count: 3 };
        });
        return `${made?.name} ${gone.name} ${count}`;
      },
    }),
    fails: t.field({
      type: row('Label'),
      args: { ...args(t as never), how: t.arg.string({ required: true }) },
      resolve: (_root, { team, how }: { team: string; how: string }, context) =>
        context.transaction(team, (tx) => {
          const label = tx.create('Label', { data: { name: 'l' } });
          if (how === 'throws') throw new ShardQLError('CONFLICT', 'Expected a better day.');
          if (how === 'twice') tx.create('Label', { data: { name: 'l' } });
          if (how === 'elsewhere') tx.create('Label', { data: { teamId: 'other', name: 'x' } });
          if (how === 'type') tx.create('Task', { data: { title: 't', points: label.ref('name') as never } });
          if (how === 'late')
            late = new Promise((resolve) => setTimeout(resolve, 50))
              .then(() => tx.delete('Label', { by: { name: 'l' } }))
              .catch(String);
          return label;
        }),
    }),
  }));
  builder.queryField('reads', (t) =>
    t.string({
      args: args(t as never),
      resolve: async (_root, { team }: { team: string }, context) =>
        String(await context.transaction(team, (tx) => tx.create('Label', { data: { name: 'l' } }))),
    }),
  );
});

const worker = createLabWorker(model, 2, extensions);
let team = '';
let count = 0;

beforeEach(async () => {
  team = `code-${++count}`;
  await worker.graphql(`mutation { createTeam(data: { id: "${team}", name: "T" }) { id } }`);
  await worker.graphql(`mutation { createLabel(data: { teamId: "${team}", name: "old" }) { id } }`);
});

const ask = (query: string) => worker.graphql(query.replaceAll('$team', `"${team}"`), {}, { 'x-shardql-trace': '1' });
const labels = async () =>
  (await ask('{ labels(shardKey: $team, orderBy: [{ name: ASC }]) { nodes { name } } }')).data.labels.nodes.map(
    ({ name }: { name: string }) => name,
  );

describe('context.transaction', () => {
  it('writes rows that refer to each other in one call, and gives them as they are in the end', async () => {
    const {
      data,
      errors,
      extensions: shown,
    } = await ask(
      'mutation { plan(team: $team) { title assigneeId project { title owner { id name } } labels { nodes { name } } } }',
    );
    expect(errors).toEqual([]);
    const owner = { id: expect.any(String), name: 'changed' };
    expect(data.plan.map(({ title }: { title: string }) => title)).toEqual(['a', 'b']);
    for (const task of data.plan) {
      expect(task.project).toEqual({ title: 'p', owner });
      expect(task.assigneeId).toBe(task.project.owner.id);
      expect(task.labels.nodes).toEqual([{ name: task.title }]);
    }
    // The write, and what the client selects beyond columns.
    expect(shown.trace.rpcs).toBe(2);
  });

  it('puts rows in the place of what stood for them', async () => {
    const { data } = await ask('mutation { summary(team: $team) }');
    expect(data.summary).toBe('n old 3');
    expect(await labels()).toEqual(['n']);
  });

  it('writes nothing if the callback throws, or an operation fails', async () => {
    for (const [how, code] of [
      ['throws', 'CONFLICT'],
      ['twice', 'UNIQUE_VIOLATION'],
      ['elsewhere', 'BAD_USER_INPUT'],
      ['type', 'BAD_USER_INPUT'],
    ]) {
      const { errors } = await ask(`mutation { fails(team: $team, how: "${how}") { id } }`);
      expect(errors.map(({ extensions: { code: found } = {} }) => found)).toEqual([code]);
      expect(await labels()).toEqual(['old']);
    }
  });

  it('takes no operation once it has ended', async () => {
    await ask('mutation { fails(team: $team, how: "late") { id } }');
    expect(await late).toContain('Await what the callback starts');
    expect(await labels()).toEqual(['l', 'old']);
  });

  it('is for mutations', async () => {
    const { errors } = await ask('{ reads(team: $team) }');
    expect(errors[0]!.message).toContain('Make the field a mutation');
    expect(await labels()).toEqual(['old']);
  });

  it('is typed by the model', () => {
    defineExtensions(model, ({ builder }) => {
      builder.mutationField('typed', (t) =>
        t.string({
          resolve: (_root, _args, context) => {
            const work = () =>
              context.transaction('t', (tx) => {
                const person = tx.create('Person', { data: { name: 'p' } });
                const task = tx.create('Task', { data: { title: 't', assigneeId: person.ref('id') } });
                // @ts-expect-error no type of the model
                tx.create('Nobody', { data: {} });
                // @ts-expect-error no column of the type
                tx.create('Task', { data: { name: 't' } });
                // @ts-expect-error no column of the row
                person.ref('title');
                // @ts-expect-error a text is no number
                tx.create('Task', { data: { points: person.ref('name') } });
                // @ts-expect-error may be null, and the column may not
                tx.create('Task', { data: { projectId: task.ref('assigneeId') } });
                // @ts-expect-error not a unique key's column
                tx.update('Task', { by: { nothing: 1 }, data: {} });
                return [person, { task }] as const;
              });
            return work().then(([person, { task }]) => {
              // @ts-expect-error a row of another type
              void person.title;
              return `${person.name} ${task.points.toFixed()}`;
            });
          },
        }),
      );
    });
  });
});
