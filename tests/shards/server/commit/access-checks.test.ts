/** What rows may become that a caller with rules has written: looked at once all operations are applied, and before that where a rule looks at them. */
import { describe, expect, it } from 'vitest';
import { allOf, exists } from '../../../../src/shards/plan/filter.ts';
import type { TableWriteRules, WriteRules } from '../../../../src/shards/write-rules.ts';
import { relatedOf } from '../../../support/plans.ts';
import {
  create,
  createMany,
  FORBIDDEN,
  find,
  inDesk,
  MINE,
  remove,
  rowsWhere,
  rulesOf,
  run,
  select,
  test,
  update,
  upsert,
  when,
} from './access-lab.ts';

const ok = (...outcomes: readonly string[][]) => outcomes.map((some) => expect.objectContaining({ outcomes: some }));

const updating = (changes: Partial<NonNullable<TableWriteRules['update']>>) =>
  rulesOf({ update: { where: null, check: null, presets: [], transitions: null, ...changes } });

describe('a row that was created', () => {
  it('must be what the caller may create; else nothing is written', () =>
    inDesk((shard) => {
      const rules = { ...MINE, Person: rulesOf() };
      const [mine, yours] = [
        create('Project', { id: 'n', ownerId: 'me' }),
        create('Project', { id: 'm', ownerId: 'you' }),
      ];
      expect(run(shard, rules, [mine, yours, remove('Task', 'me-b')])).toEqual(FORBIDDEN(1));
      expect(run(shard, rules, [upsert('Project', 'm', { ownerId: 'you' })])).toEqual(FORBIDDEN(0));
      const rows = ['me', 'me', 'you', 'me'].map((ownerId, at) => ({ id: `n${at}`, ownerId }));
      expect(run(shard, rules, [createMany('Project', rows)])).toEqual(FORBIDDEN(0, 2));
      expect(run(shard, rules, [mine])).toEqual(ok(['INSERTED']));
    }));

  it('is one that was created if a later operation changes it', () =>
    inDesk((shard) => {
      const rules = {
        ...MINE,
        Person: rulesOf(),
        Project: { ...updating({ check: when('Project', 'note', 'changed') }), create: MINE.Project!.create },
      };
      expect(
        run(shard, rules, [create('Project', { id: 'n', ownerId: 'me' }), update('Project', 'n', { note: 'x' })]),
      ).toEqual(ok(['INSERTED'], ['UPDATED']));
      expect(
        run(shard, rules, [create('Project', { id: 'o', ownerId: 'you' }), update('Project', 'o', { ownerId: 'me' })]),
      ).toEqual(ok(['INSERTED'], ['UPDATED']));
      expect(
        run(shard, rules, [create('Project', { id: 'p', ownerId: 'me' }), update('Project', 'p', { ownerId: 'you' })]),
      ).toEqual(FORBIDDEN(1));
      const byKey = { key: ['tenant', 'id'], set: ['note'] };
      const twice = ['a', 'b'].map((note) => ({ id: 'q', ownerId: 'me', note }));
      expect(run(shard, rules, [createMany('Project', twice, byKey)])).toEqual(ok(['INSERTED', 'UPDATED']));
    }));

  it('is a new one if a row with its key was changed and deleted before', () =>
    inDesk((shard) => {
      const rules = {
        ...MINE,
        Task: { ...rulesOf(), create: { check: when('Task', 'title', 'New'), presets: [] }, delete: { where: null } },
      };
      const again = (title: string) => [
        update('Task', 'me-b', { title: 'x', parentId: null }),
        remove('Task', 'me-b'),
        create('Task', { id: 'me-b', projectId: 'me-1', title }),
      ];
      expect(run(shard, rules, again('Old'))).toEqual(FORBIDDEN(2));
      expect(run(shard, rules, again('New'))).toEqual(ok(['UPDATED'], ['DELETED'], ['INSERTED']));
    }));

  it('need not be what it may be once it is gone', () =>
    inDesk((shard) => {
      const rules = { ...MINE, Task: { ...MINE.Task!, update: rulesOf().update, read: null, delete: { where: null } } };
      const away = update('Task', 'me-b', { title: 'x', parentId: null });
      expect(run(shard, rules, [away, remove('Task', 'me-b')])).toEqual(ok(['UPDATED'], ['DELETED']));
      const cascade = { ...MINE, Person: rulesOf() };
      expect(
        run(shard, cascade, [create('Task', { id: 'n', projectId: 'me-1' }), remove('Project', 'me-1')]),
      ).toMatchObject([{ outcomes: ['INSERTED'] }, { outcomes: ['DELETED'] }]);
    }));
});

describe('a row that was changed', () => {
  const rules = { ...MINE, Person: rulesOf() };
  const away = { ownerId: 'you' };

  it('must be what the caller may make of it', () =>
    inDesk((shard) => {
      for (const operation of [
        update('Project', 'me-1', away),
        upsert('Project', 'me-1', { ownerId: 'me' }, away),
        {
          kind: 'updateMany',
          table: 'Project',
          rows: rowsWhere('Project', { op: 'eq', column: 'ownerId', value: 0 }, 'me'),
          atMost: 10,
          set: away,
          atomic: {},
          select: null,
        } as const,
        {
          ...update('Project', 'me-1', {}),
          atomic: { ownerId: [{ kind: 'setIfNull', value: 'x' }], note: [{ kind: 'setIfNull', value: 'x' }] } as const,
          set: { code: 'x' },
        },
      ].slice(0, 3))
        expect(run(shard, rules, [find('Project', 'me-1'), operation])).toEqual(FORBIDDEN(1));
      const rows = [
        { id: 'n', ownerId: 'me' },
        { id: 'me-1', ownerId: 'you' },
      ];
      expect(run(shard, rules, [createMany('Project', rows, { key: ['tenant', 'id'], set: ['ownerId'] })])).toEqual(
        FORBIDDEN(0, 1),
      );
    }));

  it('may be something else in between', () =>
    inDesk((shard) => {
      expect(
        run(shard, rules, [
          update('Project', 'me-1', away),
          create('Person', { id: 'n', name: 'N' }),
          {
            ...update('Project', 'me-1', { ownerId: 'me' }),
          },
        ]),
      ).toMatchObject({ code: 'NOT_FOUND' });
      const wide = { ...rules, Project: updating({ check: when('Project', 'ownerId', 'me') }) };
      expect(run(shard, wide, [update('Project', 'me-1', away), update('Project', 'me-1', { ownerId: 'me' })])).toEqual(
        ok(['UPDATED'], ['UPDATED']),
      );
    }));

  it('was not changed if it was equal', () =>
    inDesk((shard) => {
      const strict = { ...rules, Project: updating({ check: when('Project', 'note', 'never') }) };
      const equal = [{ id: 'me-1', ownerId: 'me' }];
      expect(run(shard, strict, [createMany('Project', equal, { key: ['tenant', 'id'], set: ['ownerId'] })])).toEqual(
        ok(['UNCHANGED']),
      );
      expect(run(shard, strict, [update('Project', 'me-1', {})])).toEqual(ok(['UNCHANGED']));
      expect(run(shard, strict, [update('Project', 'me-1', { ownerId: 'me' })])).toEqual(FORBIDDEN());
    }));
});

describe('transitions', () => {
  const status = (value: string) => when('Project', 'status', value);
  const pairs = (...list: readonly (readonly [from: string, to: string])[]) =>
    list.map(([from, to]) => ({ from: status(from), to: status(to) }));
  const rules: WriteRules = {
    ...MINE,
    Project: updating({ transitions: pairs(['draft', 'sent'], ['draft', 'dropped'], ['sent', 'paid']) }),
  };
  const become = (value: string, id = 'me-1') => update('Project', id, { status: value });

  it('let rows change as they say, whichever operation does it', () =>
    inDesk((shard) => {
      expect(run(shard, rules, [become('paid')])).toEqual(FORBIDDEN());
      expect(run(shard, rules, [become('elsewhere')])).toEqual(FORBIDDEN());
      expect(run(shard, rules, [become('sent')])).toEqual(ok(['UPDATED']));
      expect(run(shard, rules, [become('draft')])).toEqual(FORBIDDEN());
      expect(run(shard, rules, [upsert('Project', 'me-1', { ownerId: 'me' }, { status: 'dropped' })])).toEqual(
        FORBIDDEN(),
      );
      const row = [{ id: 'me-1', ownerId: 'me', status: 'draft' }];
      expect(run(shard, rules, [createMany('Project', row, { key: ['tenant', 'id'], set: ['status'] })])).toEqual(
        FORBIDDEN(0, 0),
      );
      expect(run(shard, rules, [become('paid')])).toEqual(ok(['UPDATED']));
    }));

  it('are from what a row was before the commit to what it is after it', () =>
    inDesk((shard) => {
      expect(run(shard, rules, [become('sent'), become('paid')])).toEqual(FORBIDDEN(1));
      expect(run(shard, rules, [become('paid'), become('dropped')])).toEqual(ok(['UPDATED'], ['UPDATED']));
      expect(run(shard, rules, [become('sent', 'you-1'), become('draft', 'you-1')])).toEqual(
        ok(['UPDATED'], ['UPDATED']),
      );
    }));

  it('leave rows alone that stay as they are, in states that nothing leads out of too', () =>
    inDesk((shard) => {
      expect(run(shard, rules, [become('draft')])).toEqual(ok(['UPDATED']));
      expect(run(shard, rules, [become('dropped')])).toEqual(ok(['UPDATED']));
      expect(run(shard, rules, [update('Project', 'me-1', { note: 'x' })])).toEqual(ok(['UPDATED']));
      expect(run(shard, rules, [update('Project', 'me-1', { note: 'y', status: 'dropped' })])).toEqual(ok(['UPDATED']));
      expect(run(shard, rules, [update('Project', 'me-1', { note: 'y', status: 'draft' })])).toEqual(FORBIDDEN());
    }));

  it('do not let a row go from one state to another that the same rule leads out of', () =>
    inDesk((shard) => {
      const isOpen = { op: 'in', column: 'status', list: 0 } as const;
      const hasTask = exists(relatedOf({ table: 'Task', from: ['tenant', 'id'], match: ['tenant', 'projectId'] }));
      for (const filter of [isOpen, allOf([isOpen, hasTask])!]) {
        const from = { ...test('Project', filter), values: [['draft', 'sent']] };
        const paying = { ...MINE, Task: rulesOf(), Project: updating({ transitions: [{ from, to: status('paid') }] }) };
        expect(run(shard, paying, [become('sent')])).toEqual(FORBIDDEN());
        expect(run(shard, paying, [become('draft')])).toEqual(ok(['UPDATED']));
        expect(run(shard, paying, [update('Project', 'me-1', { note: 'x' })])).toEqual(ok(['UPDATED']));
      }
    }));

  it('hold for each of many rows', () =>
    inDesk((shard) => {
      shard.write('t:t', [become('sent', 'you-1')]);
      const all = {
        kind: 'updateMany',
        table: 'Project',
        rows: rowsWhere('Project', { op: 'isNull', column: 'deletedAt', isNull: true }),
        atMost: 10,
        set: { status: 'sent' },
        atomic: {},
        select: null,
      } as const;
      expect(run(shard, rules, [all])).toEqual(ok(['UPDATED', 'UPDATED']));
      expect(run(shard, rules, [{ ...all, set: { status: 'paid' } }])).toEqual(ok(['UPDATED', 'UPDATED']));
      expect(run(shard, rules, [{ ...all, set: { status: 'sent' } }])).toEqual(FORBIDDEN());
    }));

  it('do not concern rows that are created', () =>
    inDesk((shard) => {
      expect(
        run(shard, { ...rules, Person: rulesOf() }, [
          create('Project', { id: 'n', ownerId: 'me', status: 'paid' }),
          become('draft', 'n'),
        ]),
      ).toEqual(ok(['INSERTED'], ['UPDATED']));
    }));

  it('may look at related rows', () =>
    inDesk((shard) => {
      const hasTask = (title: string) =>
        test(
          'Project',
          exists(
            relatedOf({
              table: 'Task',
              from: ['tenant', 'id'],
              match: ['tenant', 'projectId'],
              filter: { op: 'eq', column: 'title', value: 0 },
            }),
          ),
          title,
        );
      const byTasks = {
        ...MINE,
        Task: rulesOf(),
        Project: updating({ transitions: [{ from: hasTask('Task'), to: hasTask('Done') }] }),
      };
      const note = update('Project', 'me-1', { note: 'x' });
      expect(run(shard, byTasks, [note])).toEqual(ok(['UPDATED']));
      const [done, moved] = [
        ['Done', 'Done'],
        ['Moved', 'Moved'],
      ].map(([a, b]) => [update('Task', 'me-a', { title: a! }), update('Task', 'me-b', { title: b! })]) as [
        ReturnType<typeof update>[],
        ReturnType<typeof update>[],
      ];
      expect(run(shard, byTasks, [note, ...moved])).toEqual(FORBIDDEN(0));
      expect(run(shard, byTasks, [note, ...done])).toEqual(ok(['UPDATED'], ['UPDATED'], ['UPDATED']));
      expect(run(shard, byTasks, [note])).toEqual(FORBIDDEN(0));
    }));
});

describe('what must not be is no way to what may be', () => {
  const gold = {
    ...MINE,
    Person: rulesOf({
      update: {
        where: when('Person', 'id', 'me'),
        check: when('Person', 'tier', 'basic'),
        presets: [],
        transitions: null,
      },
    }),
  };
  const byTier = exists(
    relatedOf({ table: 'Person', from: ['tenant'], match: ['tenant'], filter: { op: 'eq', column: 'tier', value: 0 } }),
  );
  const raise = update('Person', 'me', { tier: 'gold' });
  const lower = update('Person', 'me', { tier: 'basic' });

  it('a row is not changed into one that may be deleted', () =>
    inDesk((shard) => {
      const rules = {
        ...MINE,
        Project: {
          ...updating({ check: when('Project', 'status', 'draft') }),
          delete: { where: when('Project', 'status', 'dropped') },
        },
      };
      expect(run(shard, rules, [remove('Project', 'me-1')])).toEqual(FORBIDDEN());
      const drop = update('Project', 'me-1', { status: 'dropped' });
      expect(run(shard, rules, [drop, remove('Project', 'me-1')])).toEqual(FORBIDDEN(0));
      const byMachine = (to: string) => {
        const transitions = [{ from: when('Project', 'status', 'draft'), to: when('Project', 'status', to) }];
        return { ...rules, Project: { ...rules.Project, update: { ...updating({}).update!, transitions } } };
      };
      expect(run(shard, byMachine('sent'), [drop, remove('Project', 'me-1')])).toEqual(FORBIDDEN(0));
      expect(run(shard, byMachine('dropped'), [drop, remove('Project', 'me-1')])).toEqual(ok(['UPDATED'], ['DELETED']));
    }));

  it('rules of other rows do not see it', () =>
    inDesk((shard) => {
      const rules = {
        ...gold,
        Task: rulesOf({ read: test('Task', byTier, 'gold'), delete: { where: test('Task', byTier, 'gold') } }),
      };
      expect(run(shard, rules, [remove('Task', 'you-b')])).toMatchObject({ code: 'NOT_FOUND' });
      for (const operation of [
        remove('Task', 'you-b'),
        find('Task', 'you-b'),
        update('Task', 'you-b', { title: 'x' }),
        create('Task', { id: 'n', projectId: 'me-1', parentId: 'you-b' }),
      ])
        expect(run(shard, rules, [raise, operation, lower])).toEqual(FORBIDDEN(0));
      // What is as it should be is seen.
      shard.write('t:t', [update('Person', 'me', { tier: 'gold' })]);
      expect(run(shard, rules, [lower, remove('Task', 'you-b')])).toMatchObject({ code: 'NOT_FOUND' });
    }));

  it('nor do plans by which rows are found, and selections of rows that go', () =>
    inDesk((shard) => {
      const many = {
        kind: 'deleteMany',
        table: 'Task',
        rows: rowsWhere('Task', byTier, 'gold'),
        atMost: 10,
        select: null,
      } as const;
      expect(run(shard, gold, [many])).toEqual(ok([]));
      expect(run(shard, gold, [raise, many, lower])).toEqual(FORBIDDEN(0));
      const shown = { ...remove('Task', 'me-b'), select: select('Task', ['title'], byTier, 'gold') };
      expect(run(shard, gold, [shown], { dryRun: true })).toEqual([{ outcomes: ['DELETED'], rows: [null] }]);
      expect(run(shard, gold, [raise, shown, lower])).toEqual(FORBIDDEN(0));
    }));

  it('nor do checks of rows that other rules look at', () =>
    inDesk((shard) => {
      // A project may be sent by those of tier gold, and its tasks be deleted once it is.
      const sent = exists(
        relatedOf({
          table: 'Project',
          from: ['tenant', 'projectId'],
          match: ['tenant', 'id'],
          filter: { op: 'eq', column: 'status', value: 0 },
        }),
      );
      const rules: WriteRules = {
        ...gold,
        Project: updating({
          check: test(
            'Project',
            { op: 'or', terms: [{ op: 'eq', column: 'status', value: 1 }, byTier] },
            'gold',
            'draft',
          ),
        }),
        Task: { ...rulesOf(), delete: { where: test('Task', sent, 'sent') } },
      };
      const send = update('Project', 'me-1', { status: 'sent' });
      expect(run(shard, rules, [send, remove('Task', 'me-b')])).toEqual(FORBIDDEN(0));
      expect(
        run(shard, rules, [raise, send, remove('Task', 'me-b'), update('Project', 'me-1', { status: 'draft' }), lower]),
      ).toMatchObject({ code: 'FORBIDDEN' });
      shard.write('t:t', [update('Person', 'you', { tier: 'gold' })]);
      expect(run(shard, rules, [send, remove('Task', 'me-b')])).toEqual(ok(['UPDATED'], ['DELETED']));
    }));

  it('while a row that is as it may be opens what it opens', () =>
    inDesk((shard) => {
      const rules = { ...MINE, Person: rulesOf() };
      expect(
        run(shard, rules, [
          create('Project', { id: 'n', ownerId: 'me' }),
          create('Task', { id: 'n', projectId: 'n' }),
          update('Task', 'n', { title: 'x' }),
          remove('Task', 'n'),
        ]),
      ).toEqual(ok(['INSERTED'], ['INSERTED'], ['UPDATED'], ['DELETED']));
    }));
});
