/** What a caller with rules may do with the rows that its operations name, and with what they refer to. */
import { describe, expect, it } from 'vitest';
import type { OperationOf, WriteOperation } from '../../../../src/shards/operation.ts';
import type { LabShard } from '../lab-shard.ts';
import {
  create,
  createMany,
  expectHidden,
  FORBIDDEN,
  find,
  inDesk,
  MINE,
  purge,
  remove,
  restore,
  rowsWhere,
  rulesOf,
  run,
  select,
  update,
  upsert,
  when,
} from './access-lab.ts';

const unlink = (changes: Partial<OperationOf<'unlink'>>): OperationOf<'unlink'> => ({
  kind: 'unlink',
  table: 'Task',
  match: { tenant: 't' },
  keep: [],
  set: null,
  required: false,
  ...changes,
});

const ok = (...outcomes: readonly string[][]) => outcomes.map((some) => expect.objectContaining({ outcomes: some }));

describe('a row that the caller may not read', () => {
  const CASES: Readonly<Record<string, readonly [hidden: string, code: string, (id: string) => WriteOperation[]]>> = {
    updated: ['you-1', 'NOT_FOUND', (id) => [update('Project', id, { note: 'x' })]],
    'updated without a change': ['you-1', 'NOT_FOUND', (id) => [update('Project', id, {})]],
    'updated by another key': [
      'you-code',
      'NOT_FOUND',
      (id) => [{ ...update('Project', '', { note: 'x' }), key: { columns: ['tenant', 'code'], values: ['t', id] } }],
    ],
    'expected at a version': ['you-1', 'NOT_FOUND', (id) => [{ ...update('Project', id, {}), expectedVersion: 1 }]],
    deleted: ['you-1', 'NOT_FOUND', (id) => [remove('Project', id)]],
    restored: ['you-gone', 'NOT_FOUND', (id) => [restore('Project', id)]],
    purged: ['you-gone', 'NOT_FOUND', (id) => [purge('Project', id)]],
    found: ['you-1', 'NOT_FOUND', (id) => [find('Project', id)]],
    'upserted at a version': [
      'you-1',
      'NOT_FOUND',
      (id) => [{ ...upsert('Project', id, { ownerId: 'me' }, { note: 'x' }), expectedVersion: 1 }],
    ],
    'referred to by a new row': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [create('Task', { id: 'n', projectId: id })],
    ],
    'referred to by a new row that fits nothing else': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [create('Task', { id: 'me-a', projectId: id })],
    ],
    'referred to by a changed row': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [update('Task', 'me-a', { projectId: id })],
    ],
    'referred to before another operation fails': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [update('Task', 'me-a', { projectId: id }), remove('Task', 'nothing')],
    ],
    'referred to by one of many new rows': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [
        createMany('Task', [
          { id: 'n1', projectId: 'me-1' },
          { id: 'n2', projectId: id },
        ]),
      ],
    ],
    'referred to by one of many new rows of its table': [
      'you-a',
      'FOREIGN_KEY_VIOLATION',
      (id) => [
        createMany('Task', [
          { id: 'n1', projectId: 'me-1', parentId: id },
          { id: 'me-b', projectId: 'me-1', parentId: null },
        ]),
      ],
    ],
    'referred to by a row that is there already': [
      'you-a',
      'FOREIGN_KEY_VIOLATION',
      (id) => [
        createMany('Task', [{ id: 'me-b', projectId: 'me-1', parentId: id }], {
          key: ['tenant', 'id'],
          set: ['parentId'],
        }),
      ],
    ],
    'referred to by all rows of a plan': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [
        {
          kind: 'updateMany',
          table: 'Task',
          rows: rowsWhere('Task', { op: 'eq', column: 'id', value: 0 }, 'me-a'),
          atMost: 10,
          set: { projectId: id },
          atomic: {},
          select: null,
        },
      ],
    ],
    'referred to by a row that changes in place': [
      'you',
      'FOREIGN_KEY_VIOLATION',
      (id) => [{ ...update('Task', 'me-a', {}), atomic: { assigneeId: [{ kind: 'setIfNull', value: id }] } }],
    ],
    'referred to by an upserted row': [
      'you-1',
      'FOREIGN_KEY_VIOLATION',
      (id) => [upsert('Task', 'me-a', {}, { projectId: id })],
    ],
  };
  for (const [name, [hidden, code, operations]] of Object.entries(CASES)) {
    it(`is like one that is not there: ${name}`, () =>
      inDesk((shard) => expectHidden(shard, MINE, operations, hidden, code)));
  }

  it('is not found among rows with the same values: another one is', () =>
    inDesk((shard) => {
      const any = { ...find('Task', ''), key: null, within: { tenant: 't', title: 'Task' } };
      const move = {
        ...update('Task', '', { title: 'Found' }),
        key: { columns: ['tenant', 'id'], values: ['t', { operation: 0, column: 'id' }] },
      };
      const rules = { ...MINE, Task: { ...MINE.Task!, read: when('Task', 'id', 'you-b') } };
      expect(run(shard, { ...rules, Task: rulesOf({ read: when('Task', 'id', 'you-b') }) }, [any, move])).toEqual(
        ok(['UNCHANGED'], ['UPDATED']),
      );
      expect(shard.rows("SELECT id FROM tasks WHERE title = 'Found'")).toEqual([['you-b']]);
    }));

  it('is left alone where all related rows are meant', () =>
    inDesk((shard) => {
      expect(run(shard, MINE, [unlink({ set: { title: 'Free' } })])).toEqual(ok(['UPDATED', 'UPDATED']));
      expect(shard.rows("SELECT id FROM tasks WHERE title = 'Free' ORDER BY id")).toEqual([['me-a'], ['me-b']]);
      expect(run(shard, MINE, [unlink({ match: { tenant: 't', projectId: 'you-1' }, required: true })])).toMatchObject({
        code: 'NOT_FOUND',
      });
    }));

  it('keeps its key: that is all that is told of it', () =>
    inDesk((shard) => {
      const taken = run(shard, MINE, [create('Project', { id: 'n', ownerId: 'me', code: 'you-code' })]);
      expect(taken).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { constraint: 'projects_code' } });
      const byCode = { key: ['tenant', 'code'], set: ['note'] };
      const row = { id: 'n', ownerId: 'me', code: 'you-code', note: 'x' };
      for (const onConflict of [byCode, { ...byCode, set: null }, { key: null, set: null }]) {
        expect(run(shard, MINE, [createMany('Project', [row], onConflict)])).toEqual({ ...taken, row: 0 });
      }
      // Nor that it was deleted.
      const ofDeleted = run(shard, MINE, [create('Project', { id: 'n', ownerId: 'me', code: 'you-gone' })]);
      expect(ofDeleted).toEqual(taken);
      expect(run(shard, MINE, [create('Project', { id: 'n', ownerId: 'me', code: 'me-gone' })])).toMatchObject({
        message: expect.stringContaining('deleted Project'),
      });
      expect(run(shard, MINE, [createMany('Project', [{ ...row, code: 'you-gone' }], byCode)])).toEqual({
        ...taken,
        row: 0,
      });
    }));

  it('is in the way of an upsert as of a new row', () =>
    inDesk((shard) => {
      expect(run(shard, MINE, [upsert('Project', 'you-1', { ownerId: 'me' }, { note: 'x' })])).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        details: { inputPath: ['create'] },
      });
    }));

  it('may be what a row refers to that is changed otherwise', () =>
    inDesk((shard) => {
      shard.write('t:t', [update('Task', 'me-a', { assigneeId: 'you' })]);
      expect(run(shard, MINE, [update('Task', 'me-a', { title: 'Mine' })])).toEqual(ok(['UPDATED']));
      expect(run(shard, MINE, [update('Task', 'me-a', { assigneeId: 'you' })])).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        details: { field: 'assigneeId' },
      });
      expect(run(shard, MINE, [update('Task', 'me-a', { assigneeId: 'me' })])).toEqual(ok(['UPDATED']));
    }));

  it('may be what a row refers to whose rule says so', () =>
    inDesk((shard) => {
      const check = { check: null, presets: ['tenant', 'assigneeId'] };
      const rules = { ...MINE, Task: rulesOf({ create: check, update: { ...check, where: null, transitions: null } }) };
      const task = { projectId: 'me-1', assigneeId: 'you' };
      expect(run(shard, rules, [create('Task', { id: 'n', ...task })])).toEqual(ok(['INSERTED']));
      expect(run(shard, rules, [createMany('Task', [{ id: 'm', ...task }])])).toEqual(ok(['INSERTED']));
      expect(run(shard, rules, [update('Task', 'me-a', { assigneeId: 'you' })])).toEqual(ok(['UPDATED']));
    }));
});

describe('a row that the caller may read, but not change', () => {
  const draft = when('Project', 'status', 'draft');
  const rules = {
    ...MINE,
    Project: rulesOf({
      update: { where: draft, check: null, presets: [], transitions: null },
      delete: { where: draft },
    }),
  };
  const inSent = <T>(work: (shard: LabShard) => T) =>
    inDesk((shard) => {
      shard.write('t:t', [update('Project', 'me-1', { status: 'sent' }), restore('Project', 'me-gone')]);
      shard.write('t:t', [update('Project', 'me-gone', { status: 'sent' }), remove('Project', 'me-gone')]);
      return work(shard);
    });
  const CASES: Readonly<Record<string, WriteOperation>> = {
    updated: update('Project', 'me-1', { note: 'x' }),
    'updated without a change': update('Project', 'me-1', {}),
    upserted: upsert('Project', 'me-1', { ownerId: 'me' }, { note: 'x' }),
    deleted: remove('Project', 'me-1'),
    restored: restore('Project', 'me-gone'),
    purged: purge('Project', 'me-gone'),
    'one of many': createMany('Project', [{ id: 'me-1', ownerId: 'me', note: 'x' }], {
      key: ['tenant', 'id'],
      set: ['note'],
    }),
    'one of related rows': unlink({ table: 'Project', set: { note: null } }),
    'one of related rows that go': unlink({ table: 'Project' }),
  };
  for (const [name, operation] of Object.entries(CASES)) {
    it(`is FORBIDDEN: ${name}`, () =>
      inSent((shard) => {
        expect(run(shard, rules, [update('Project', 'you-1', { note: 'y' }), operation])).toEqual(FORBIDDEN(1));
      }));
  }

  it('may be found, kept as it is, and ignored', () =>
    inSent((shard) => {
      const row = { id: 'me-1', ownerId: 'me' };
      expect(
        run(shard, rules, [
          find('Project', 'me-1'),
          upsert('Project', 'me-1', { ownerId: 'me' }),
          createMany('Project', [row], { key: null, set: null }),
          createMany('Task', [{ id: 'n', projectId: 'me-1' }]),
        ]),
      ).toEqual(ok(['UNCHANGED'], ['UNCHANGED'], ['IGNORED'], ['INSERTED']));
    }));
});

describe('what a role may not do at all', () => {
  it('is FORBIDDEN, or of rows that are not there', () =>
    inDesk((shard) => {
      const rules = { ...MINE, Project: rulesOf({ create: null, update: null, delete: null }) };
      for (const operation of [
        create('Project', { id: 'n', ownerId: 'me' }),
        createMany('Project', [{ id: 'n', ownerId: 'me' }]),
        upsert('Project', 'n', { ownerId: 'me' }, {}),
        update('Project', 'me-1', { note: 'x' }),
        upsert('Project', 'me-1', { ownerId: 'me' }, { note: 'x' }),
        remove('Project', 'me-1'),
        restore('Project', 'me-gone'),
        purge('Project', 'me-gone'),
      ])
        expect(run(shard, rules, [operation])).toEqual(FORBIDDEN());
      expect(run(shard, {}, [update('Project', 'me-1', {})])).toMatchObject({ code: 'NOT_FOUND' });
      expect(run(shard, {}, [create('Project', { id: 'n', ownerId: 'me' })])).toEqual(FORBIDDEN());
      const { Person: _, ...others } = MINE;
      expect(run(shard, others, [create('Project', { id: 'n', ownerId: 'me' })])).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
      });
    }));

  it('are imports and undos', () =>
    inDesk((shard) => {
      const answer = shard.write(
        't:t',
        [{ kind: 'import', table: 'Person', columns: ['tenant', 'id', 'name'], rows: '[]', importId: null }],
        { rules: MINE },
      );
      expect(answer).toMatchObject({ status: 'FAILED', error: { code: 'FORBIDDEN' } });
    }));

  it('is left to a newer release if that has other rules', () =>
    inDesk((shard) => {
      const rules = { ...MINE, Project: { ...rulesOf(), publish: null } };
      expect(shard.write('t:t', [find('Project', 'me-1')], { rules })).toMatchObject({
        error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
      });
    }));
});

describe('a keyed write', () => {
  const idempotency = { id: '00000000-0000-8000-8000-000000000001', fingerprint: 'f' };
  const write = { ...update('Project', 'me-1', { note: 'x' }), select: select('Project', ['id', 'note']) };

  it('is answered again as long as the caller may read its rows', () =>
    inDesk((shard) => {
      const first = run(shard, MINE, [write], { idempotency });
      expect(first).toEqual([{ outcomes: ['UPDATED'], rows: [['me-1', 'x']] }]);
      expect(run(shard, MINE, [write], { idempotency })).toEqual(first);
      shard.write('t:t', [update('Project', 'me-1', { ownerId: 'you' })]);
      expect(run(shard, MINE, [write], { idempotency })).toEqual(expect.objectContaining({ code: 'FORBIDDEN' }));
      shard.write('t:t', [remove('Project', 'me-1')]);
      expect(run(shard, MINE, [write], { idempotency })).toEqual(expect.objectContaining({ code: 'FORBIDDEN' }));
      shard.write('t:t', [purge('Project', 'me-1')]);
      expect(run(shard, MINE, [write], { idempotency })).toEqual(first);
    }));
});

it('a dry run obeys the rules', () =>
  inDesk((shard) => {
    expect(run(shard, MINE, [update('Project', 'you-1', {})], { dryRun: true })).toMatchObject({ code: 'NOT_FOUND' });
    const away = update('Project', 'me-1', { ownerId: 'you' });
    expect(run(shard, { ...MINE, Person: rulesOf() }, [away], { dryRun: true })).toEqual(FORBIDDEN());
  }));

it('rules take a statement each for rows that are named and for rows that were written; without rules there is none', () =>
  inDesk((shard) => {
    const statements = (rules: typeof MINE | undefined, ...operations: readonly WriteOperation[]) =>
      shard.write('t:t', operations, { rules, dryRun: true }).counts.statements;
    const extra = (...operations: readonly WriteOperation[]) =>
      statements(MINE, ...operations) - statements(undefined, ...operations);
    expect(extra(find('Project', 'me-1'))).toBe(1);
    expect(extra(update('Project', 'me-1', { note: '1' }))).toBe(2);
    expect(extra(update('Project', 'me-1', { note: '2' }), update('Project', 'me-1', { code: '2' }))).toBe(3);
    const task = (id: string) => ({ id, projectId: 'me-1' });
    // Where the task belongs, and what has become of it.
    const bulk = (at: number) =>
      createMany(
        'Task',
        Array.from({ length: 500 }, (_, index) => task(`${at}-${index}`)),
      );
    expect(statements(MINE, bulk(1)) - statements(undefined, bulk(2))).toBe(2);
  }));
