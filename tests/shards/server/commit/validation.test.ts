/** Rules of the model hold for whatever is written, as it is written; what breaks one leaves nothing behind. */
import { describe, expect, it, vi } from 'vitest';
import type { WireValue } from '../../../../src/model/types.ts';
import model from '../../../models/projects/model.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

type Values = Record<string, WireValue>;

const inShard = <T>(test: (shard: LabShard) => T | Promise<T>) =>
  inNewShard(model, migrationsOf(model), (shard) => {
    shard.write('t:t', [{ kind: 'create', table: 'Team', values: { id: 't' }, select: null }]);
    return test(shard);
  });

const project = (values: Values) =>
  ({ kind: 'create', table: 'Project', values: { teamId: 't', id: 'p', ...values }, select: null }) as const;
const create = (shard: LabShard, values: Values) => shard.write('t:t', [project(values)]);
const update = (shard: LabShard, set: Values) =>
  shard.write('t:t', [
    {
      kind: 'update',
      table: 'Project',
      key: { columns: ['teamId', 'id'], values: ['t', 'p'] },
      within: null,
      set,
      atomic: {},
      expectedVersion: null,
      select: null,
    },
  ]);

/** `rule field`, or `OK`. */
const told = (answer: ReturnType<LabShard['write']>): string => {
  if (answer.status !== 'FAILED') return answer.status;
  const { code, details } = answer.error;
  return code === 'INVALID_VALUE' ? `${details.rule} ${details.table}.${details.field}` : code;
};

const WRONG: readonly (readonly [values: Values, told: string])[] = [
  [{ name: '' }, 'minLength Project.name'],
  [{ name: 'x'.repeat(21) }, 'maxLength Project.name'],
  [{ slug: 'A' }, 'pattern Project.slug'],
  // Of the generated column.
  [{ slug: 'abcdefghijkl' }, 'maxLength Project.path'],
  [{ budget: -1 }, 'min Project.budget'],
  [{ spent: 13 }, 'custom Project.spent'],
  [{ budget: 1, spent: 2 }, 'custom Project.spent'],
];

describe('a row that breaks a rule', () => {
  it.each(WRONG)('is refused: %j', async (values, expected) => {
    await inShard((shard) => {
      expect(told(create(shard, values))).toBe(expected);
      expect(shard.value('SELECT count(*) FROM projects')).toBe(0);
      expect(told(create(shard, {}))).toBe('OK');
      expect(told(update(shard, values))).toBe(expected);
      expect(shard.rows('SELECT name, slug, budget, spent FROM projects')).toEqual([['A project', null, null, 0]]);
    });
  });

  it('says what was expected, and shows no value', async () => {
    await inShard((shard) => {
      expect(create(shard, { slug: 'Secret' })).toMatchObject({
        error: { message: 'Expected Project.slug to match /^[a-z-]+$/, but got a text that does not.' },
      });
      expect(create(shard, { spent: 13 })).toMatchObject({
        error: { message: expect.stringMatching(/^Expected Project\.spent .*: must bring luck\.$/) },
      });
      expect(create(shard, { budget: 1, spent: 2 })).toMatchObject({
        error: { message: expect.stringMatching(/^Expected a Project .*: more is spent than there is\.$/) },
      });
    });
  });

  it('takes with it what the same request has written before', async () => {
    await inShard((shard) => {
      const answer = shard.write('t:t', [project({ id: 'a' }), project({ id: 'b', name: '' }), project({ id: 'c' })]);
      expect(answer).toMatchObject({ status: 'FAILED', index: 1 });
      expect(shard.value('SELECT count(*) FROM projects')).toBe(0);
      expect(shard.value('SELECT count(*) FROM _log WHERE "table" = \'projects\'')).toBe(0);
    });
  });

  it('fails alone in an import, and rows that are there by what the file gives', async () => {
    await inShard((shard) => {
      const rows = [
        ['t', 'a', 'fine'],
        ['t', 'b', ''],
        ['t', 'c', 'fine too'],
        ['t', 'd', 'much too long to be a name'],
      ];
      const write = (columns: readonly string[], given: readonly (readonly WireValue[])[]) =>
        shard.write('t:t', [
          { kind: 'import', table: 'Project', columns, rows: JSON.stringify(given), importId: null },
        ]);
      const failure = (row: number, rule: string, field: string) => ({
        row,
        error: expect.objectContaining({ code: 'INVALID_VALUE', details: { table: 'Project', field, rule } }),
      });
      const [result] = JSON.parse((write(['teamId', 'id', 'name'], rows) as { results: string }).results);
      expect(result).toMatchObject({
        inserted: 2,
        failures: [failure(1, 'minLength', 'name'), failure(3, 'maxLength', 'name')],
      });
      // The row became wrong before its rule was there.
      shard.rows("UPDATE projects SET name = '' WHERE id = 'a'");
      const [updated] = JSON.parse(
        (
          write(
            ['teamId', 'id', 'budget'],
            [
              ['t', 'a', 5],
              ['t', 'c', -5],
              ['t', 'e', 5],
            ],
          ) as { results: string }
        ).results,
      );
      expect(updated).toMatchObject({ inserted: 1, updated: 1, failures: [failure(1, 'min', 'budget')] });
    });
  });
});

it('a rule looks at what is written, not at what was there before it', async () => {
  await inShard((shard) => {
    expect(told(create(shard, { slug: 'a' }))).toBe('OK');
    shard.rows("UPDATE projects SET name = '', budget = -5, spent = -10");
    expect(told(update(shard, { slug: 'b' }))).toBe('OK');
    expect(told(update(shard, {}))).toBe('OK');
    const rows = JSON.stringify([
      ['t', 'p', 5],
      ['t', 'new', 5],
    ]);
    const columns = ['teamId', 'id', 'budget'];
    const onConflict = { key: ['teamId', 'id'], set: ['budget'] };
    const bulk = { kind: 'createMany', table: 'Project', columns, rows, onConflict } as const;
    expect(told(shard.write('t:t', [{ ...bulk, expectedVersions: null, select: null }]))).toBe('OK');
    expect(shard.rows('SELECT name, budget FROM projects')).toEqual([
      ['', 5],
      ['A project', 5],
    ]);
    shard.rows("DELETE FROM projects WHERE id = 'new'");
    // The rule for rows sees all of them.
    shard.rows('UPDATE projects SET spent = 7');
    expect(told(update(shard, { slug: 'c' }))).toBe('custom Project.spent');
  });
});

it('a row comes back as it went, by a restore as by an undo, whatever rules there are by then', async () => {
  await inShard((shard) => {
    create(shard, {});
    const on = (kind: 'delete' | 'restore') =>
      shard.write(
        't:t',
        [
          {
            kind,
            table: 'Project',
            key: { columns: ['teamId', 'id'], values: ['t', 'p'] },
            within: null,
            expectedVersion: null,
            select: null,
          },
        ],
        { operationId: kind },
      );
    const deletedAt = () => shard.value('SELECT deleted_at FROM projects');
    // As rows are that were written before their rules.
    shard.rows("UPDATE projects SET name = '', budget = 1, spent = 13");
    expect(on('delete').status).toBe('OK');
    expect(deletedAt()).not.toBeNull();
    expect(on('restore').status).toBe('OK');
    expect(deletedAt()).toBeNull();
    const version = shard.value('SELECT max(version) FROM _log') as number;
    const page = { offset: 0, limit: 9 };
    const undo = { kind: 'undo', origin: 'restore', version, changes: page, conflicts: page } as const;
    expect(JSON.parse((shard.write('', [undo]) as { results: string }).results)).toMatchObject([{ updated: 1 }]);
    expect(deletedAt()).not.toBeNull();
  });
});

it('a rule that throws is logged, shows nothing of itself, and nothing is written', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await inShard((shard) => {
      expect(create(shard, { spent: 666 })).toMatchObject({
        status: 'FAILED',
        error: { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.' },
      });
      expect(shard.value('SELECT count(*) FROM projects')).toBe(0);
    });
    expect(log.mock.calls.flat().map(String).join()).toContain('the rule itself is wrong');
  } finally {
    log.mockRestore();
  }
});
