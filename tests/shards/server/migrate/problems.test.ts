import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CheckedColumn } from '../../../../src/shards/migration-plan.ts';
import type { MigrationProblem } from '../../../../src/shards/migration-report.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { createSystemTables } from '../../../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { bundleOf, init, oldModel } from './migration-lab.ts';

let labs = 0;

/** What a migration of these statements runs into, over what `given` makes; and that nothing of it stays. */
function problemsOf(
  given: readonly string[],
  statements: readonly string[],
  checks: readonly CheckedColumn[] = [],
): Promise<readonly MigrationProblem[]> {
  return runInDurableObject(env.LAB.getByName(`problems-${labs++}`), async (_, { storage }) => {
    createSystemTables(new SqlSession(storage.sql));
    for (const statement of given) storage.sql.exec(statement);
    const schema = () => storage.sql.exec('SELECT name, sql FROM sqlite_master ORDER BY 1').toArray();
    const before = schema();
    const migration = { tag: '0001_m', hash: 'h', schemaHash: 's', reverts: null, statements, checks };
    const migrator = new Migrator(storage, oldModel, bundleOf(oldModel, init), Date.now);
    const { problems, state } = await migrator.check({ id: 'p', migrations: [migration] });
    expect(state).toBe(problems.length === 0 ? 'PENDING' : 'REFUSED');
    expect(schema()).toEqual(before);
    expect(storage.sql.exec('PRAGMA foreign_keys').one()).toEqual({ foreign_keys: 1 });
    return problems;
  });
}

/** The parts that name the rows, shortly. */
const told = (problems: readonly MigrationProblem[]) =>
  problems.map(({ kind, statement, table, constraint, rows, keys }) => ({
    at: `${kind} ${table} ${constraint}`,
    statement,
    rows,
    keys: keys.map((key) => Object.values(key).join('/')),
  }));

const NOTES = 'CREATE TABLE notes (tenant TEXT NOT NULL, id TEXT NOT NULL, a, b TEXT, PRIMARY KEY (tenant, id))';
const rows = (...values: readonly string[]) => `INSERT INTO notes VALUES ${values.map((row) => `(${row})`).join(', ')}`;
const rebuiltAs = (columns: string, select = 'tenant, id, a, b') => [
  'PRAGMA foreign_keys=OFF;',
  `CREATE TABLE \`__new_notes\` (${columns});`,
  `INSERT INTO \`__new_notes\`(tenant, id, a, b) SELECT ${select} FROM \`notes\`;`,
  'DROP TABLE `notes`;',
  'ALTER TABLE `__new_notes` RENAME TO `notes`;',
  'PRAGMA foreign_keys=ON;',
];
const KEY = 'PRIMARY KEY (tenant, id)';

describe('a rebuild that fails tells the rows', () => {
  const given = [
    NOTES,
    rows("'t1','1',1,'x'", "'t1','2',NULL,'y'", "'t2','1',-3,'x'", "'t2','2',NULL,NULL", "'t2','3','1','z'"),
  ];
  it.each([
    [
      'without a value',
      `tenant TEXT, id TEXT, a INTEGER NOT NULL, b TEXT, ${KEY}`,
      [{ at: 'NOT_NULL notes a', rows: 2, keys: ['t1/2', 't2/2'] }],
    ],
    [
      'that are equal once they have the type of the new column',
      `tenant TEXT, id TEXT, a INTEGER UNIQUE, b TEXT, ${KEY}`,
      [{ at: 'UNIQUE notes a', rows: 1, keys: ['t2/3'] }],
    ],
    [
      'that a check refuses',
      `tenant TEXT, id TEXT, a INTEGER, b TEXT, CONSTRAINT "a positive" CHECK ("__new_notes"."a" > 0), ${KEY}`,
      [{ at: 'CHECK notes a positive', rows: 1, keys: ['t2/1'] }],
    ],
    [
      'of each constraint, when several fail',
      `tenant TEXT, id TEXT, a INTEGER NOT NULL CONSTRAINT positive CHECK (a > 0), b TEXT UNIQUE, ${KEY}`,
      [
        { at: 'NOT_NULL notes a', rows: 2, keys: ['t1/2', 't2/2'] },
        { at: 'CHECK notes positive', rows: 1, keys: ['t2/1'] },
      ],
    ],
    [
      'that share a new primary key',
      'tenant TEXT, id TEXT, a INTEGER, b TEXT, PRIMARY KEY (id)',
      [{ at: 'UNIQUE notes id', rows: 2, keys: ['1', '2'] }],
    ],
  ])('%s', async (_, columns, expected) => {
    const problems = await problemsOf(given, rebuiltAs(columns));
    expect(told(problems)).toEqual(expected.map((each) => ({ statement: 3, ...each })));
    for (const { message, sql } of problems) {
      expect(message).toMatch(/^Expected .*, but got .*\.$/);
      expect(sql).toMatch(/^INSERT INTO/);
    }
  });

  it('whatever the names are', async () => {
    const table = '`or``der "by"`';
    const problems = await problemsOf(
      [
        `CREATE TABLE ${table} ("sel,ect" TEXT PRIMARY KEY, "wh(ere" TEXT)`,
        `INSERT INTO ${table} VALUES ('a;b', NULL)`,
      ],
      [
        'CREATE TABLE "new" ("sel,ect" TEXT PRIMARY KEY, "wh(ere" TEXT NOT NULL)',
        `INSERT INTO "new" ("sel,ect", "wh(ere") SELECT "sel,ect", "wh(ere" FROM ${table}`,
      ],
    );
    expect(told(problems)).toEqual([{ at: 'NOT_NULL new wh(ere', statement: 2, rows: 1, keys: ['a;b'] }]);
  });

  it('counts them all, and tells the keys of five, 64-bit ones digit by digit and bytes in hex', async () => {
    const [problem] = await problemsOf(
      [
        'CREATE TABLE big (id INTEGER PRIMARY KEY, blob BLOB, a TEXT)',
        `INSERT INTO big SELECT 9007199254740993 + value * 2, x'0aff', NULL FROM json_each('${JSON.stringify([...Array(1_500).keys()])}')`,
      ],
      [
        'CREATE TABLE __new_big (id INTEGER, blob BLOB, a TEXT NOT NULL, PRIMARY KEY (id, blob))',
        'INSERT INTO __new_big (id, blob, a) SELECT id, blob, a FROM big',
      ],
    );
    expect(problem!.rows).toBe(1_500);
    expect(problem!.keys).toHaveLength(5);
    expect(problem!.keys[0]).toEqual({ id: '9007199254740993', blob: '0aff' });
  });
});

describe('a unique index that fails tells the rows that are equal', () => {
  const given = [
    NOTES,
    rows("'t','1',1,'x'", "'t','2',1,'X'", "'t','3',2,NULL", "'t','4',2,NULL", "'u','1',1,'x'", "'u','2',3,'x'"),
  ];
  it.each([
    ['by columns', 'notes_u ON notes (tenant, a DESC)', 4, ['t/1', 't/2', 't/3', 't/4']],
    ['of those that a partial index holds', 'notes_u ON notes (tenant, a) WHERE b IS NOT NULL', 2, ['t/1', 't/2']],
    ['by an expression', 'notes_u ON notes (tenant, lower(b))', 4, ['t/1', 't/2', 'u/1', 'u/2']],
    [
      'by a collation',
      'IF NOT EXISTS notes_u ON "notes" ("tenant", b COLLATE NOCASE)',
      4,
      ['t/1', 't/2', 'u/1', 'u/2'],
    ],
  ])('%s', async (_, index, count, keys) => {
    const problems = await problemsOf(given, [`CREATE UNIQUE INDEX ${index};`]);
    expect(told(problems)).toEqual([{ at: 'UNIQUE notes notes_u', statement: 1, rows: count, keys }]);
  });
});

describe('an update that fails tells the rows', () => {
  const given = [
    'CREATE TABLE notes (tenant TEXT, id TEXT, a INTEGER NOT NULL CONSTRAINT small CHECK (a < 10), b TEXT UNIQUE, PRIMARY KEY (tenant, id))',
    rows("'t','1',1,'x'", "'t','2',7,'X'", "'t','3',9,'y'"),
  ];
  it.each([
    ['that a check refuses', 'UPDATE notes SET a = a + 3 WHERE a > 1', 'CHECK notes small', ['t/2', 't/3']],
    ['that would be without a value', 'UPDATE `notes` SET a = nullif(a, 7);', 'NOT_NULL notes a', ['t/2']],
    ['that would be equal', 'UPDATE "notes" SET b = lower(b)', 'UNIQUE notes b', ['t/2']],
  ])('%s', async (_, statement, at, keys) => {
    expect(told(await problemsOf(given, [statement]))).toEqual([{ at, statement: 1, rows: keys.length, keys }]);
  });
});

describe('foreign keys', () => {
  const given = [
    NOTES,
    `CREATE TABLE lines (tenant TEXT, id TEXT, note TEXT, PRIMARY KEY (tenant, id),
       FOREIGN KEY (tenant, note) REFERENCES notes (tenant, id))`,
    rows("'t','1',1,'x'", "'t','2',2,'y'"),
    "INSERT INTO lines VALUES ('t', 'l1', '1'), ('t', 'l2', '2'), ('t', 'l3', '2')",
  ];
  const expected = { at: 'FOREIGN_KEY lines tenant, note → notes', rows: 2, keys: ['t/l2', 't/l3'] };

  it('that do not hold after a rebuild tell the rows that refer to nothing', async () => {
    const losing = rebuiltAs(`tenant TEXT, id TEXT, a INTEGER, b TEXT, ${KEY}`).map((statement) =>
      statement.replace('FROM `notes`;', "FROM `notes` WHERE id <> '2';"),
    );
    expect(told(await problemsOf(given, losing))).toEqual([{ ...expected, statement: null }]);
  });

  it('that stop a statement tell them too', async () => {
    const problems = await problemsOf(given, ["DELETE FROM notes WHERE id = '2'"]);
    expect(told(problems)).toEqual([{ ...expected, statement: 1 }]);
  });
});

describe('what is no constraint', () => {
  it.each([
    ['a statement that SQLite does not understand', 'ALTER TABEL notes ADD x', /near "TABEL": syntax error/],
    ['a column that rows cannot have', 'ALTER TABLE notes ADD c TEXT NOT NULL', /Cannot add a NOT NULL column/],
    ['values that an expression fails at', "CREATE INDEX i ON notes (json_extract(b, '$.x'))", /malformed JSON/],
    ['a table that is not there', 'INSERT INTO nowhere (a) SELECT a FROM notes', /no such table: nowhere/],
  ])('%s is told in the words of SQLite, without codes and stacks', async (_, statement, reason) => {
    const [problem, ...others] = await problemsOf([NOTES, rows("'t','1',1,'no JSON'")], [statement]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ kind: 'STATEMENT', tag: '0001_m', statement: 1, statements: 1, rows: null });
    expect(problem!.message).toMatch(reason);
    expect(problem!.message).not.toMatch(/SQLITE_|\n/);
  });
});

describe('stored values that the model does not declare', () => {
  const column = (scalar: CheckedColumn['column']['scalar'], more: Partial<CheckedColumn['column']> = {}) => ({
    table: 'notes',
    column: {
      name: 'a',
      sqlName: 'a',
      scalar,
      wire: 'text' as const,
      enum: null,
      dateTime: null,
      notNull: false,
      ...more,
    },
  });
  const ENUM = { typeName: 'E', values: [['NEW', 'new'] as const, ['OLD', 'old'] as const] };
  it.each([
    ['an enum', column('Enum', { enum: ENUM }), ["'new'", "'old'", 'NULL'], ["'gone'", "'NEW'", "''", '5']],
    [
      'a moment as text',
      column('DateTime', { dateTime: 'iso' }),
      ["'2026-01-31T09:05:00.000Z'"],
      ["'soon'", "'2026-02-31T09:05:00.000Z'", "'2026-01-31'", '7'],
    ],
    [
      'a moment in seconds',
      column('DateTime', { dateTime: 'seconds', wire: 'int' }),
      ['0', '1700000000', '-1'],
      ['9999999999999', "'soon'", '1.5'],
    ],
    ['a boolean', column('Boolean', { wire: 'int' }), ['0', '1'], ['5', '-1', "'true'"]],
    ['an Int', column('Int', { wire: 'int' }), ['2147483647'], ['2147483648', "'x'", '1.5']],
    ['a 64-bit integer', column('BigInt', { wire: 'int64' }), ['9223372036854775807'], ["'12'", '1e30']],
    ['JSON', column('JSON'), [`'{ "a" : 1 }'`, "'null'"], ["'{'", "''"]],
    ['a decimal', column('Decimal', { wire: 'decimal' }), ['1', '1.25'], ["'abc'"]],
    ['bytes', column('Bytes', { wire: 'blob' }), ["x'00'"], ["'text'"]],
  ])('are counted and told by their keys, for %s', async (_, check, good, bad) => {
    const given = [
      'CREATE TABLE notes (tenant TEXT, id TEXT, a, PRIMARY KEY (tenant, id))',
      `INSERT INTO notes VALUES ${[...good, ...bad].map((value, index) => `('t', '${index}', ${value})`).join(', ')}`,
    ];
    const problems = await problemsOf(given, [], [check]);
    expect(told(problems)).toEqual([
      {
        at: 'VALUE notes a',
        statement: null,
        rows: bad.length,
        keys: bad.map((_, index) => `t/${good.length + index}`),
      },
    ]);
    expect(problems[0]!.message).toMatch(
      /^Expected values of notes.a that the model declares, but got others. Expected/,
    );
    expect(await problemsOf(given, [`DELETE FROM notes WHERE CAST(id AS INTEGER) >= ${good.length}`], [check])).toEqual(
      [],
    );
  });
});
