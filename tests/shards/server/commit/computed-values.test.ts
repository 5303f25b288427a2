/** What SQLite works out for a row is held to its column, and expressions that fail are told as the model names them. */
import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it, vi } from 'vitest';
import { defineModel } from '../../../../src/model/define-model.ts';
import { physicalHash } from '../../../../src/model/physical.ts';
import type { WireValue } from '../../../../src/model/types.ts';
import { bundle } from '../../../models/values/migrations/index.ts';
import model from '../../../models/values/model.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

type Values = Record<string, WireValue>;

const inShard = <T>(test: (shard: LabShard) => T | Promise<T>) => inNewShard(model, bundle, test);

const create = (shard: LabShard, table: string, values: Values) =>
  shard.write('t:o', [{ kind: 'create', table, values: { ownerId: 'o', id: '1', ...values }, select: null }]);

const update = (shard: LabShard, table: string, set: Values) => {
  const key = { columns: ['ownerId', 'id'], values: ['o', '1'] };
  return shard.write('t:o', [
    { kind: 'update', table, key, set, within: null, atomic: {}, expectedVersion: null, select: null },
  ]);
};

/** `CODE field message`, or `OK`. */
const told = (answer: ReturnType<LabShard['write']>): string => {
  if (answer.status !== 'FAILED') return answer.status;
  const { code, details, message } = answer.error;
  return `${code} ${details.table}.${details.field ?? details.constraint} ${message}`;
};

const MISFITS: readonly (readonly [field: string, message: RegExp])[] = [
  ['level', /one of low, high, but got "middle"/],
  ['millions', /integer between .* but got 2148000000/],
  ['isSet', /true or false, but got 5/],
  ['since', /date-time .* but got "soon"/],
  ['huge', /finite number, but got Infinity/],
  ['exact', /15 significant digits, but got "1000000000000001"/],
  ['wide', /stored as integer/],
  ['doc', /JSON text, but got "{"/],
  ['bytes', /stored as blob/],
];

describe('a value that SQLite works out and its column does not hold', () => {
  it.each(MISFITS)('is refused for %s in creates, updates and imports', async (field, message) => {
    await inShard((shard) => {
      const error = {
        code: 'INVALID_VALUE',
        message: expect.stringMatching(message),
        details: { table: 'Gauge', field },
      };
      expect(create(shard, 'Gauge', { body: field })).toMatchObject({ status: 'FAILED', error });
      expect(shard.value('SELECT count(*) FROM gauges')).toBe(0);
      expect(told(create(shard, 'Gauge', {}))).toBe('OK');
      expect(update(shard, 'Gauge', { body: field })).toMatchObject({ status: 'FAILED', error });
      expect(shard.rows('SELECT body FROM gauges')).toEqual([[null]]);
      const rows = [
        ['o', '2', ''],
        ['o', '3', field],
        ['o', '1', field],
        ['o', '4', ''],
      ];
      const imported = shard.import('Gauge', ['ownerId', 'id', 'body'], rows);
      const failures = [1, 2].map((row) => ({ row, error }));
      expect(imported).toMatchObject({ status: 'OK', inserted: 2, updated: 0, unchanged: 0, failures });
    });
  });

  it('is refused as a default, and may be given', async () => {
    await inShard((shard) => {
      expect(told(create(shard, 'Stamp', {}))).toMatch(
        /^INVALID_VALUE Stamp.at Stamp.at: Expected an integer .* default/,
      );
      expect(told(create(shard, 'Stamp', { at: 1 }))).toBe('OK');
      const rows = [
        ['o', '1', 'there'],
        ['o', '2', 'new'],
      ];
      const imported = shard.import('Stamp', ['ownerId', 'id', 'name'], rows);
      expect(imported).toMatchObject({
        updated: 1,
        inserted: 0,
        failures: [{ row: 1, error: { code: 'INVALID_VALUE' } }],
      });
      expect(shard.import('Stamp', ['ownerId', 'id', 'at'], [['o', '2', 7]])).toMatchObject({ inserted: 1 });
    });
  });

  it('that is a default keeps nobody from importing other columns of a row that has it', async () => {
    await inShard((shard) => {
      create(shard, 'Stamp', { at: 1 });
      shard.rows('UPDATE stamps SET at = 1764405221000');
      expect(shard.import('Stamp', ['ownerId', 'id', 'name'], [['o', '1', 'named']])).toMatchObject({ updated: 1 });
    });
  });

  it('costs tables without such columns nothing', async () => {
    await inShard((shard) => {
      const counts = (answer: ReturnType<LabShard['write']>) => (answer.status === 'OK' ? answer.counts : null);
      // The first write of a life looks up where outcomes are.
      create(shard, 'Note', { id: 'first' });
      const note = counts(create(shard, 'Note', {}));
      const gauge = counts(create(shard, 'Gauge', {}));
      expect(gauge!.statements).toBe(note!.statements);
      expect(gauge!.rowsRead).toBeLessThanOrEqual(note!.rowsRead);
    });
  });
});

it('rows of a table that is searched, too, are counted in imports as they are written', async () => {
  const leaves = sqliteTable(
    'leaves',
    {
      owner: text().notNull(),
      id: text().notNull(),
      body: text(),
      size: integer().generatedAlwaysAs(sql`length(body)`),
    },
    (t) => [primaryKey({ columns: [t.owner, t.id] })],
  );
  const model = defineModel({ Leaf: { table: leaves, shardKey: 'owner', search: ['body'] } });
  const migration = { tag: '0000', hash: '', schemaHash: '', renames: [], checks: [], reverts: null };
  const statements = [
    'CREATE TABLE leaves (owner TEXT NOT NULL, id TEXT NOT NULL, body TEXT, size INTEGER GENERATED ALWAYS AS (length(body)), _version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (owner, id))',
  ];
  const bundle = { physicalHash: physicalHash(model), migrations: [{ ...migration, statements }] };
  await inNewShard(model, bundle, (shard) => {
    const importBodies = (...bodies: readonly string[]) =>
      shard.import(
        'Leaf',
        ['owner', 'id', 'body'],
        bodies.map((body, at) => ['o', String(at), body]),
      );
    expect(importBodies('a', 'b', 'c', 'd')).toMatchObject({ inserted: 4, updated: 0, unchanged: 0 });
    expect(importBodies('a', 'B', 'C', 'D', 'e')).toMatchObject({ inserted: 1, updated: 3, unchanged: 1 });
  });
});

describe('an expression of the model that fails on a row', () => {
  const FAILING: readonly (readonly [values: Values, told: string])[] = [
    [
      { body: '{' },
      'INVALID_VALUE Trial.tag Expected a Trial from whose values SQLite can work out Trial.tag, but got one where it fails: a text is no JSON.',
    ],
    [
      { number: '-9223372036854775808' },
      'CHECK_VIOLATION Trial.trials_number Expected a Trial from whose values SQLite can work out the check "trials_number", but got one where it fails: an integer is beyond 64 bits.',
    ],
    [
      { pattern: '%'.repeat(51) },
      'CHECK_VIOLATION Trial.trials_pattern Expected a Trial from whose values SQLite can work out the check "trials_pattern", but got one where it fails: a pattern of LIKE or GLOB has more than 50 bytes.',
    ],
    [
      { word: '[' },
      'INVALID_VALUE Trial.trials_word Expected a Trial from whose values SQLite can work out the index "trials_word", but got one where it fails: a text is no JSON.',
    ],
    [
      { starts: '2026' },
      'CHECK_VIOLATION Trial.trials_starts Expected a Trial from whose values SQLite can work out the check "trials_starts", but got one where it fails: a function in it depends on the time.',
    ],
  ];

  it.each(FAILING)('fails that row alone: %o', async (values, expected) => {
    const log = vi.spyOn(console, 'error');
    await inShard((shard) => {
      expect(told(create(shard, 'Trial', values))).toBe(expected);
      expect(told(create(shard, 'Trial', {}))).toBe('OK');
      expect(told(update(shard, 'Trial', values))).toBe(expected);
      const [[name, value]] = Object.entries(values) as [[string, WireValue]];
      const imported = shard.import(
        'Trial',
        ['ownerId', 'id', name],
        [
          ['o', '2', null],
          ['o', '3', value],
          ['o', '1', value],
          ['o', '4', null],
        ],
      );
      expect(imported).toMatchObject({ status: 'OK', inserted: 2, updated: 0 });
      expect(imported.status === 'OK' && imported.failures.map(({ row, error }) => `${row} ${error.code}`)).toEqual(
        [1, 2].map((row) => `${row} ${expected.split(' ')[0]}`),
      );
    });
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('a statement that SQLite refuses for no reason of the row', () => {
  it('is our bug: masked, logged once with its SQL and no values, and the shard goes on', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await inShard((shard) => {
      create(shard, 'Note', { title: 'before' });
      shard.rows('ALTER TABLE notes RENAME COLUMN email TO mail');
      const answer = shard.write(
        't:o',
        [{ kind: 'create', table: 'Note', values: { ownerId: 'o', id: '2', email: 'secret' }, select: null }],
        { requestId: 'r1' },
      );
      expect(answer).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL_SERVER_ERROR', details: {} } });
      const imported = shard.import(
        'Note',
        ['ownerId', 'id', 'email'],
        [
          ['o', '3', 'secret'],
          ['o', '4', 'secret'],
        ],
      );
      expect(imported).toMatchObject({
        failures: [0, 1].map((row) => ({ row, error: { code: 'INTERNAL_SERVER_ERROR' } })),
      });
      expect(told(create(shard, 'Note', { id: '5', title: 'after' }))).toBe('OK');
    });
    expect(log).toHaveBeenCalledTimes(2);
    const lines = log.mock.calls.map(([line]) => JSON.parse(line as string));
    expect(lines[0]).toMatchObject({
      level: 'error',
      method: 'write',
      table: 'Note',
      requestId: 'r1',
      statement: 'INSERT',
    });
    expect(lines[0].sql).toContain('INSERT INTO "notes"');
    expect(lines[0].reason).toContain('SQLITE_ERROR');
    expect(lines[1]).toMatchObject({ method: 'import', table: 'Note', statement: 'INSERT' });
    expect(JSON.stringify(lines)).not.toContain('secret');
    log.mockRestore();
  });
});

describe('a row that clashes by an index that is no key', () => {
  it('names constraint and field', async () => {
    await inShard((shard) => {
      create(shard, 'Note', { email: 'a@x.org', title: 'One' });
      expect(told(create(shard, 'Note', { id: '2', email: 'a@x.org' }))).toMatch(/^UNIQUE_VIOLATION Note.email /);
      expect(create(shard, 'Note', { id: '2', email: 'a@x.org' })).toMatchObject({
        error: { details: { table: 'Note', field: 'email', constraint: 'notes_open_email' } },
      });
      // The shard key is no field that clashes: other notes of the owner have it too.
      expect(told(create(shard, 'Note', { id: '2', title: 'ONE' }))).toBe(
        'UNIQUE_VIOLATION Note.notes_title Expected a Note that differs from others by its index "notes_title", but got one that does not.',
      );
      expect(told(create(shard, 'Note', { id: '2', email: 'a@x.org', status: 'done' }))).toBe('OK');
    });
  });
});
