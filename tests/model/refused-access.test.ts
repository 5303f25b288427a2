import { integer } from 'drizzle-orm/sqlite-core';
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
});
