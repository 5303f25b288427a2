/** Writes of many rows by callers with rules: the shard holds them to the verb, and tells of no key more than that it is taken. */
import { sql } from 'drizzle-orm';
import { primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import {
  create,
  createMany,
  FORBIDDEN,
  inDesk,
  MINE,
  OF_MY_PROJECT,
  rowsWhere,
  rulesOf,
  run,
  when,
} from './access-lab.ts';

describe('rows that are found by what they are', () => {
  const all = { table: 'Task', rows: rowsWhere('Task', OF_MY_PROJECT, 'me'), atMost: 100, select: null } as const;
  const update: WriteOperation = { kind: 'updateMany', ...all, set: { title: 'x' }, atomic: {} };
  const remove: WriteOperation = { kind: 'deleteMany', ...all };

  it('are changed and deleted only by who may do so with some of them, whatever finds them', () =>
    inDesk((shard) => {
      const of = (rules: Partial<(typeof MINE)['Task']>) => ({ ...MINE, Task: { ...MINE.Task!, ...rules } });
      expect(run(shard, of({ update: null }), [update])).toEqual(FORBIDDEN());
      expect(run(shard, of({ delete: null }), [remove])).toEqual(FORBIDDEN());
      expect(run(shard, { Project: MINE.Project! }, [update])).toEqual(FORBIDDEN());
      expect(run(shard, of({}), [update])).toHaveLength(1);
      expect(run(shard, of({ update: null }), [remove])).toHaveLength(1);
    }));
});

describe('values that are unique by an expression', () => {
  const accounts = sqliteTable(
    'accounts',
    { tenant: text().notNull(), id: text().notNull(), email: text().notNull(), ownerId: text('owner_id').notNull() },
    (t) => [primaryKey({ columns: [t.tenant, t.id] }), uniqueIndex('accounts_email').on(t.tenant, sql`lower(email)`)],
  );
  const model = defineModel({ Account: { table: accounts, shardKey: 'tenant' } });
  const mine = when('Account', 'ownerId', 'me');
  const RULES = { Account: rulesOf({ read: mine, create: { check: mine, presets: [] } }) };
  const IGNORE = { key: null, set: null };
  const of = (id: string, email: string) => ({ id, email, ownerId: 'me' });
  const inAccounts = (test: (shard: LabShard) => void) =>
    inNewShard(model, migrationsOf(model), (shard) => {
      const rows = [
        create('Account', { ...of('me-1', 'Me@x') }),
        create('Account', { id: 'you-1', email: 'You@x', ownerId: 'you' }),
      ];
      expect(shard.write('t:t', rows).status).toBe('OK');
      test(shard);
    });

  it('are no list that can be asked for: one that is taken fails the batch, by IGNORE too', () =>
    inAccounts((shard) => {
      const batch = [of('n1', 'n1@x'), of('n2', 'YOU@X'), of('n3', 'n3@x')];
      const ignored = run(shard, RULES, [createMany('Account', batch, IGNORE)]);
      expect(ignored).toMatchObject({ code: 'UNIQUE_VIOLATION', row: 1 });
      expect(ignored).toEqual(run(shard, RULES, [createMany('Account', batch)]));
      expect(shard.rows('SELECT count(*) FROM accounts')).toEqual([[2]]);
    }));

  it('are ignored for who has no rules', () =>
    inAccounts((shard) => {
      const batch = [of('n1', 'n1@x'), of('n2', 'YOU@X'), of('me-1', 'n3@x')];
      expect(run(shard, undefined, [createMany('Account', batch, IGNORE)])).toMatchObject([
        { outcomes: ['INSERTED', 'IGNORED', 'IGNORED'] },
      ]);
    }));

  it('leave rows alone whose primary key the caller can read', () =>
    inAccounts((shard) => {
      const batch = [of('n1', 'n1@x'), of('me-1', 'n3@x'), of('n2', 'n2@x')];
      expect(run(shard, RULES, [createMany('Account', batch, IGNORE)])).toMatchObject([
        { outcomes: ['INSERTED', 'IGNORED', 'INSERTED'] },
      ]);
      expect(run(shard, RULES, [createMany('Account', [of('me-1', 'n4@x')], IGNORE)])).toMatchObject([
        { outcomes: ['IGNORED'] },
      ]);
    }));
});
