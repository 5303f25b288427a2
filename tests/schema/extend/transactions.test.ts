/** Own mutations that write several rows in one transaction. */
import { beforeEach, describe, expect, it } from 'vitest';
import { defineExtensions, ShardQLError } from '../../../src/index.ts';
import library from '../../models/library.ts';
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

const everyKind = defineExtensions(library, ({ builder }) => {
  builder.mutationFields((t) => ({
    everything: t.field({
      type: 'JSON',
      args: { tenant: t.arg.id({ required: true }) },
      resolve: async (_root, { tenant }, context) => {
        const shardKey = String(tenant);
        await context.create('Tenant', { data: { id: shardKey } });
        await context.create('Author', { data: { tenantId: shardKey, id: 'other', email: 'other' } });
        for (const id of ['gone', 'old']) {
          await context.create('Thread', { data: { tenantId: shardKey, id, topic: id } });
          await context.delete('Thread', { by: { id }, shardKey });
        }
        const done = await context.transaction(shardKey, (tx) => {
          const upsert = () =>
            tx.upsert('Author', {
              by: { id: 'a' },
              create: { id: 'a', email: 'a', name: 'made', score: 6 },
              atomic: { score: { increment: 1 } },
            });
          const author = upsert();
          const book = (id: string) => ({ id, title: id, authorId: 'a' });
          tx.createMany('Book', { data: ['b', 'c', 'd'].map(book) });
          const changed = tx.updateMany('Book', {
            where: { id: { ne: 'd' } },
            data: { isbn: null },
            atomic: { stock: { increment: 3 } },
            atMost: 2,
          });
          const gone = tx.deleteMany('Book', { where: { stock: { eq: 0 } }, atMost: 1 });
          const tags = tx.createMany('Tag', {
            data: [
              { id: '1', label: 'x' },
              { id: '2', label: 'y' },
            ],
          });
          const merged = tx.upsertMany('Tag', { data: [{ id: '2', label: 'z' }] });
          const thread = tx.restore('Thread', { by: { id: 'gone' } });
          const post = tx.create('Post', { data: { id: 'p', threadId: thread.ref('id') } });
          const kept = tx.upsert('Thread', {
            by: { id: 'gone' },
            create: { id: 'gone', topic: 'never' },
            update: { authorId: author.ref('id'), topic: 'reopened' },
          });
          const purged = tx.purge('Thread', { by: { id: 'old' } });
          return { author, again: upsert(), changed, gone, tags, merged, post, kept, purged };
        });
        return {
          upserted: [`${done.author.name} 6`, `${done.again.name} ${done.again.score}`],
          tags: done.tags.map(({ label }) => label),
          merged: done.merged.map(({ label }) => label),
          changed: done.changed.map(({ id, stock }) => `${id} ${stock}`),
          gone: done.gone.map(({ id, stock }) => `${id} ${stock}`),
          kept: done.kept.topic,
          purged: done.purged.topic,
          post: done.post.threadId,
        };
      },
    }),
    wrong: t.boolean({
      args: { how: t.arg.string({ required: true }) },
      resolve: async (_root, { how }, context) => {
        await context.transaction('t', (tx) => {
          const tag = tx.create('Tag', { data: { id: 'w', label: 'w' } });
          if (how === 'reference') tx.createMany('Tag', { data: [{ id: 'v', label: tag.ref('label') as never }] });
          else tx.update('Author', { by: { id: 'a' }, atomic: { email: { increment: 'x' } } });
        });
        return true;
      },
    }),
  }));
});

const worker = createLabWorker(model, 2, extensions);
const shelf = createLabWorker(library, 2, everyKind);
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

  it('has every kind of mutation, which see what those before them have written', async () => {
    const { data, errors } = await shelf.graphql('mutation { everything(tenant: "t") }');
    expect(errors).toEqual([]);
    expect(data.everything).toEqual({
      upserted: ['made 6', 'made 7'],
      tags: ['x', 'z'],
      merged: ['z'],
      changed: ['b 3', 'c 3'],
      gone: ['d 0'],
      kept: 'reopened',
      purged: 'old',
      post: 'gone',
    });
    const { data: left } = await shelf.graphql(
      '{ threads(shardKey: "t", includeDeleted: true) { nodes { id deletedAt authorId } } books(shardKey: "t") { nodes { id } } }',
    );
    expect(left.threads.nodes).toEqual([{ id: 'gone', deletedAt: null, authorId: 'a' }]);
    expect(left.books.nodes.map(({ id }: { id: string }) => id)).toEqual(['b', 'c']);
  });

  it('refuses references in rows of bulk writes, and atomic changes that a column lacks', async () => {
    for (const how of ['reference', 'atomic']) {
      const { errors } = await shelf.graphql(`mutation { wrong(how: "${how}") }`);
      expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
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
                // @ts-expect-error a number is not appended to
                tx.update('Task', { by: { id: 't' }, atomic: { points: { append: 1 } } });
                // @ts-expect-error a text is not added to a number
                tx.upsert('Task', { by: { id: 't' }, create: { title: 't' }, atomic: { points: { increment: 'x' } } });
                // @ts-expect-error bulk rows hold no references
                tx.createMany('Task', { data: [{ title: 't', assigneeId: person.ref('id') }] });
                // @ts-expect-error no column of the type
                tx.deleteMany('Task', { where: { name: { eq: 't' } }, atMost: 1 });
                // @ts-expect-error how many is not said
                tx.updateMany('Task', { where: { title: { eq: 't' } }, data: { points: 1 } });
                // @ts-expect-error several rows have no column to refer to
                tx.upsertMany('Label', { data: [{ name: 'l' }] }).ref('id');
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
