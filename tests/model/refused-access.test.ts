import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { claim } from '../../src/model/access/claim.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { notes, testRefusedModels } from './refused-model.ts';

/** Rules as JavaScript may have them. */
const withRead = (read: unknown) =>
  defineModel(
    { Note: { table: notes({ size: integer() }), shardKey: 'owner', access: { member: { read: read as true } } } },
    ({ one }) => ({ Note: { same: one.Note({ from: ['owner', 'id'], to: ['owner', 'id'] }) } }),
  );

const where = ['"notes"', 'access of "member"'];

testRefusedModels('Access rules that let more pass than they say', {
  'a value that is missing': {
    define: () => withRead({ owner: { eq: undefined } }),
    where,
    message: /read\.owner to have a value for each operator, but got undefined/,
  },
  'a column without a condition': {
    define: () => withRead({ NOT: { OR: [{ owner: {} }] } }),
    where,
    message: /read\.NOT\.OR\.0\.owner to have a value for each operator, but got no operator/,
  },
  'no condition': {
    define: () => withRead({}),
    where,
    message: /Expected read to have a condition, but got none/,
  },
  'nothing in a list of conditions': {
    define: () => withRead({ OR: [{ size: { eq: 1 } }, {}] }),
    where,
    message: /Expected read\.OR\.1 to have a condition/,
  },
  'a missing value of a related row': {
    define: () => withRead({ same: { owner: { ne: undefined } } }),
    where,
    message: /read\.same\.owner to have a value/,
  },
  // Plans are remembered for all callers of a role, and have this in them.
  'a claim that decides between values and none': {
    define: () => withRead({ size: { isNull: claim('open') } }),
    where,
    message: /read\.size to have claims as operands alone, but got one for "isNull"/,
  },
  'a claim for both ends of a range': {
    define: () => withRead({ size: { between: claim('range') } }),
    where,
    message: /claims as operands alone, but got one for "between"/,
  },
});

const withUpdate = (update: object) =>
  defineModel({
    Note: {
      table: notes({
        size: integer(),
        state: text({ enum: ['open', 'in work', 'done'] }),
        data: text({ mode: 'json' }),
      }),
      shardKey: 'owner',
      access: { member: { read: true, update } },
    },
  });

testRefusedModels('Values and names in access rules that are wrong', {
  'an enum as it is stored': {
    define: () => withUpdate({ transitions: [{ from: { state: { eq: 'open' } }, to: { state: { eq: 'DONE' } } }] }),
    where,
    message: /^Expected update\.transitions\.0\.from\.state\.eq to be one of OPEN, IN_WORK, DONE, but got "open"\.$/,
    remedy: 'Did you mean "OPEN"?',
  },
  'an enum as it is stored, under another name': {
    define: () => withUpdate({ where: { state: { notIn: ['DONE', 'in work'] } } }),
    where,
    message: /^Expected update\.where\.state\.notIn\.1 to be one of /,
    remedy: 'Did you mean "IN_WORK"?',
  },
  'an enum that is misspelt, in a value that is given': {
    define: () => withUpdate({ set: { state: 'DNOE' } }),
    where,
    message: /^Expected update\.set\.state to be one of OPEN, IN_WORK, DONE, but got "DNOE"\.$/,
    remedy: 'Did you mean "DONE"?',
  },
  'a text for a number': {
    define: () => withUpdate({ check: { OR: [{ size: { gt: 'much' } }] } }),
    where,
    message: /^Expected update\.check\.OR\.0\.size\.gt to be an integer between .*, but got "much"\.$/,
  },
  'one bound of a range': {
    define: () => withUpdate({ where: { size: { between: [1] } } }),
    where,
    message: /^Expected update\.where\.size\.between to be \[low, high\], but got 1 values\.$/,
  },
  'one value for a list': {
    define: () => withUpdate({ where: { size: { in: 1 } } }),
    where,
    message: /^Expected update\.where\.size\.in to be a list, but got 1\.$/,
  },
  'null for a value': {
    define: () => withUpdate({ where: { size: { eq: null } } }),
    where,
    message: /^Expected update\.where\.size\.eq to be a value, but got null\.$/,
    remedy: 'Write `{ isNull: true }` or `{ isNull: false }`.',
  },
  'an operator that there is not': {
    define: () => withUpdate({ where: { owner: { startWith: 'a' } } }),
    where,
    message: /^Expected update\.where\.owner\.startWith to be an operator of ID, but got "startWith"\.$/,
    remedy: 'Did you mean "startsWith"?',
  },
  'an operator of texts for a number': {
    define: () => withUpdate({ where: { size: { contains: '1' } } }),
    where,
    message: /^Expected update\.where\.size\.contains to be an operator of Int/,
  },
  'a quantifier that there is not': {
    define: () =>
      defineModel(
        { Note: { table: notes(), shardKey: 'owner', access: { member: { read: { all: { som: {} } } as never } } } },
        ({ many }) => ({ Note: { all: many.Note({ from: ['owner'], to: ['owner'] }) } }),
      ),
    where,
    message: /^Expected read\.all\.som to be some, every or none, but got "som"\.$/,
    remedy: 'Did you mean "some"?',
  },
  'a column that is misspelt in a condition': {
    define: () => withUpdate({ where: { stat: { eq: 'OPEN' } } }),
    where,
    message: /^Expected update\.where\.stat to name a column or relation of Note, but got "stat"\.$/,
    remedy: 'Did you mean "state"?',
  },
  'a column that is misspelt in a list': {
    define: () => withUpdate({ columns: ['sate'] }),
    where,
    message: /^Expected update\.columns to name columns, but got "sate"\.$/,
    remedy: 'Did you mean "state"?',
  },
  // To leave it out, as was advised, would allow every change.
  'an option that is misspelt': {
    define: () => withUpdate({ transition: [{ from: { state: { eq: 'OPEN' } }, to: { state: { eq: 'DONE' } } }] }),
    where,
    message: /^Expected the options columns, set, check, where, transitions, but got "update\.transition"\.$/,
    remedy: 'Did you mean "transitions"?',
  },
});

testRefusedModels('Access rules that let more pass than they say, of writes', {
  'transitions without any': {
    define: () =>
      defineModel({
        Note: {
          table: notes({ size: integer() }),
          shardKey: 'owner',
          access: { member: { read: true, update: { transitions: [] } } },
        },
      }),
    where,
    message: /Expected update\.transitions to be a list of at least one \{ from, to \}, but got an empty one/,
  },
});

describe('Access rules', () => {
  it('compare with claims wherever values stand', () => {
    const values = { eq: claim('a'), in: claim('b'), notIn: [claim('c'), 1], between: [claim('d'), claim('e')] };
    expect(() => withRead({ size: values, owner: { istartsWith: claim('f') } })).not.toThrow();
  });

  it('compare keys with whole numbers of any size, whatever the column is called', () => {
    const table = sqliteTable('logs', { id: integer().primaryKey(), at: integer() });
    const withId = (read: { id?: { gte: number }; at?: { gte: number } }) =>
      defineModel({ Log: { table, shardKey: 'id', access: { member: { read } } } });
    expect(() => withId({ id: { gte: 2 ** 40 } })).not.toThrow();
    expect(() => withId({ at: { gte: 2 ** 40 } })).toThrow('Expected read.at.gte to be an integer between');
  });

  it('are told all at once, with other problems of the model', () => {
    const problems = () => withUpdate({ transition: [], where: { size: { eq: 'x' } }, columns: ['sate'] });
    expect(problems).toThrow('Expected a sound model, but got 3 problems:');
  });
});
