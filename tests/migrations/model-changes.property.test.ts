/**
 * Random models with random rows are changed at random: what comes of each row is compared with what the two models say,
 * in Node for all of them, in workerd for some.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { MigrationBundle } from '../../src/model/types.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom } from '../support/random.ts';
import { ModelHistory } from './model-history.ts';
import { type ColumnSpec, columnOf, type ModelSpec, modelOfSpec, type TableSpec } from './model-spec.ts';
import { type Cell, NodeShard } from './node-shard.ts';
import { randomChange } from './random-spec.ts';
import { type ExpectedCell, expectedRows, randomRows, type SpecRow } from './spec-rows.ts';
import { versionBeforeSql } from './version-before.ts';
import { startWorkerdLab, type WorkerdLab } from './workerd-lab.ts';

const runs = propertyRuns(30);
/** One of so many changes runs in workerd too. */
const WORKERD_SHARE = 20;

/** A shard, wherever it runs. */
export interface LabShard {
  /** Why the migrations of a release are refused; empty: they are applied. */
  migrate(model: ModelSpec, bundle: MigrationBundle): Promise<readonly string[]>;
  /** Runs statements, each with values; gives whether each succeeded. */
  run(statements: readonly (readonly [sql: string, values: readonly Cell[]])[]): Promise<readonly boolean[]>;
  rows(sql: string): Promise<readonly (readonly Cell[])[]>;
}

class NodeLabShard implements LabShard {
  readonly #shard = new NodeShard();

  async migrate(spec: ModelSpec, bundle: MigrationBundle): Promise<readonly string[]> {
    const model = modelOfSpec(spec);
    const problems = await this.#shard.check(model, bundle);
    if (problems.length === 0) await this.#shard.migrate(model, bundle);
    return problems.map(({ message }) => message);
  }

  async run(statements: readonly (readonly [string, readonly Cell[]])[]): Promise<readonly boolean[]> {
    return statements.map(([sql, values]) => {
      try {
        this.#shard.run(sql, ...values);
        return true;
      } catch {
        return false;
      }
    });
  }

  async rows(sql: string): Promise<readonly (readonly Cell[])[]> {
    return this.#shard.rows(sql);
  }
}

let workerd: WorkerdLab;
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  workerd = await startWorkerdLab();
});
afterAll(() => workerd.stop());

test(`what changes of a model make of its rows (${describeRuns(runs)})`, { timeout: 24 * 3_600_000 }, async () => {
  const totals = { changes: 0, inWorkerd: 0, migrations: 0, kept: 0, refused: 0 };
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    const makers: (() => LabShard)[] = [() => new NodeLabShard()];
    if (at % WORKERD_SHARE === 0) makers.push(() => workerd.shard());
    for (const [place, makeShard] of makers.entries()) {
      const found = await tryChange(seed, makeShard).catch((error: Error) => {
        throw new Error(`SEED=${seed} RUNS=1${place === 1 ? ', in workerd' : ''}: ${error.message}`, { cause: error });
      });
      totals.inWorkerd += place;
      if (place === 1) continue;
      totals.changes++;
      totals.migrations += Number(found.hasMigration);
      totals.kept += found.kept;
      totals.refused += found.refused;
    }
  }
  console.log(totals);
  // Nothing is shown by changes that change nothing, or that take no rows.
  expect(totals.migrations).toBeGreaterThan(totals.changes / 2);
  expect(totals.kept).toBeGreaterThan(totals.changes * 3);
});

async function tryChange(
  seed: number,
  makeShard: () => LabShard,
): Promise<{ hasMigration: boolean; kept: number; refused: number }> {
  const random = createRandom(seed);
  const change = randomChange(random);
  const { before, after } = change;
  const history = new ModelHistory();
  await history.change(modelOfSpec(before));
  const oldBundle = history.bundle;
  const next = await history.change(modelOfSpec(after), change);
  const bundle = history.bundle;

  const whole = makeShard();
  expect(await whole.migrate(before, oldBundle)).toEqual([]);
  const rows = await insert(whole, before, randomRows(random, before));
  const expected = expectedRows(before, after, rows);
  const isKept = ({ version }: SpecRow): boolean => 'cells' in (expected.get(version) ?? { cells: null });

  const sound = makeShard();
  expect(await sound.migrate(before, oldBundle)).toEqual([]);
  // The old model refuses those whose parents are left out.
  const kept = await insert(sound, before, rows.filter(isKept));
  expect(await sound.migrate(after, bundle), 'a migration of rows that both models take').toEqual([]);
  for (const table of after) await compareTable(sound, table, kept, expected);
  await compareSchemas(sound, after, makeShard());
  await expectChecksHold(sound, after);

  const contents = await contentsOf(whole, before);
  const problems = await whole.migrate(after, bundle);
  const refused = rows.filter((row) => !isKept(row)).length;
  if (refused > 0) {
    expect(problems.length, `refused: ${reasonsOf(rows, expected)}`).toBeGreaterThan(0);
    expect(await contentsOf(whole, before), 'a shard that refused').toEqual(contents);
  } else expect(problems).toEqual([]);
  return { hasMigration: next !== null, kept: kept.length, refused };
}

const reasonsOf = (rows: readonly SpecRow[], expected: ReturnType<typeof expectedRows>): string =>
  JSON.stringify(rows.flatMap(({ version }) => expected.get(version) ?? []).filter((each) => 'refused' in each));

const quoted = (name: string): string => `"${name}"`;

type StoredRow = SpecRow & { readonly all: ReadonlyMap<number, Cell> };

/** Inserts what the shard takes. @returns the rows that it took, with what it computed. */
async function insert(shard: LabShard, model: ModelSpec, rows: readonly SpecRow[]): Promise<StoredRow[]> {
  await shard.run(
    rows.map(({ table: id, version, cells }) => {
      const table = model.find((each) => each.id === id)!;
      const names = [...cells.keys()].map((column) => quoted(columnOf(table, column).name));
      const marks = ['?', ...names.map(() => '?')].join(', ');
      return [
        `INSERT INTO ${quoted(table.name)} (_version, ${names}) VALUES (${marks})`,
        [BigInt(version), ...cells.values()],
      ];
    }),
  );
  const stored: StoredRow[] = [];
  for (const table of model) {
    for (const [version, ...found] of await readTable(shard, table, table.columns)) {
      const row = rows.find((each) => each.version === Number(version))!;
      stored.push({ ...row, all: new Map(table.columns.map(({ id }, at) => [id, found[at]!])) });
    }
  }
  return stored.sort((a, b) => a.version - b.version);
}

/** Integers come as bigint, whatever the driver makes of them. */
async function readTable(shard: LabShard, table: TableSpec, columns: readonly ColumnSpec[]): Promise<Cell[][]> {
  const cells = columns.map(
    ({ name }) =>
      `typeof(${quoted(name)}), CASE typeof(${quoted(name)}) WHEN 'integer' THEN CAST(${quoted(name)} AS TEXT) WHEN 'blob' THEN hex(${quoted(name)}) ELSE ${quoted(name)} END`,
  );
  const key = table.columns.slice(0, table.keyLength).map(({ name }) => name);
  const rows = await shard.rows(
    `SELECT ${[versionBeforeSql(table.name, key), ...cells].join(', ')} FROM ${quoted(table.name)} AS r ORDER BY 1`,
  );
  return rows.map(([version, ...found]) => [
    version!,
    ...columns.map((_, at) => {
      const [type, cell] = [found[at * 2], found[at * 2 + 1]!];
      if (type === 'integer') return BigInt(cell as string);
      return type === 'blob' ? Uint8Array.from(Buffer.from(cell as string, 'hex')) : cell;
    }),
  ]);
}

async function contentsOf(shard: LabShard, model: ModelSpec): Promise<unknown> {
  const tables = [];
  for (const table of model) tables.push(await readTable(shard, table, table.columns));
  return tables;
}

async function compareTable(
  shard: LabShard,
  table: TableSpec,
  kept: readonly SpecRow[],
  expected: ReturnType<typeof expectedRows>,
): Promise<void> {
  const wanted = kept.filter((row) => row.table === table.id);
  const found = await readTable(shard, table, table.columns);
  expect(
    found.map(([version]) => Number(version)),
    `rows of ${table.name}`,
  ).toEqual(wanted.map(({ version }) => version));
  for (const [at, { version }] of wanted.entries()) {
    const { cells } = expected.get(version) as { cells: ReadonlyMap<number, ExpectedCell> };
    for (const [position, { id, name }] of table.columns.entries()) {
      const cell = found[at]![position + 1]!;
      const value = cells.get(id)!;
      if (!areAlike(cell, value)) {
        expect.fail(`row ${version}, ${table.name}.${name}: got ${show(cell)} instead of ${show(value)}`);
      }
    }
  }
}

function areAlike(cell: Cell, expected: ExpectedCell): boolean {
  if (expected instanceof Uint8Array) return cell instanceof Uint8Array && Buffer.compare(cell, expected) === 0;
  if (expected !== null && typeof expected === 'object') {
    if ('number' in expected) return typeof cell === 'string' && Number(cell) === expected.number;
    return typeof cell === 'bigint' && cell > 1_700_000_000n;
  }
  // A whole number is an integer in a NUMERIC column.
  const isNumber = typeof expected === 'number' && (typeof cell === 'number' || typeof cell === 'bigint');
  return isNumber ? Number(cell) === expected : cell === expected;
}

const show = (value: unknown): string =>
  value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : typeof value === 'object'
      ? JSON.stringify(value)
      : `${typeof value} ${String(value)}`;

/** As SQLite describes them, a shard that changed and one that was made from the model at once. */
async function compareSchemas(shard: LabShard, model: ModelSpec, fresh: LabShard): Promise<void> {
  const history = new ModelHistory();
  await history.change(modelOfSpec(model));
  expect(await fresh.migrate(model, history.bundle)).toEqual([]);
  const names =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name";
  expect(await shard.rows(names)).toEqual(await fresh.rows(names));
  for (const { name } of model) {
    const text = `'${name.replaceAll("'", "''")}'`;
    for (const sql of [
      `SELECT name, lower(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(${text}) ORDER BY name`,
      `SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(${text}) ORDER BY "table", seq, "from"`,
      `SELECT l.name, l."unique", l.partial, x.seqno, x.name, x."desc", x.key FROM pragma_index_list(${text}) l, pragma_index_xinfo(l.name) x WHERE l.origin = 'c' AND x.key ORDER BY l.name, x.seqno`,
    ]) {
      expect(await shard.rows(sql), `${name}: ${sql}`).toEqual(await fresh.rows(sql));
    }
  }
}

/** Rows that violate a check are refused. */
async function expectChecksHold(shard: LabShard, model: ModelSpec): Promise<void> {
  for (const table of model) {
    for (const { of, rule } of table.checks) {
      const column = columnOf(table, of);
      if (column.generated !== null || (column.kind !== 'text' && rule !== 'positive')) continue;
      const bad: Cell = rule === 'filled' ? '' : rule === 'short' ? 'much too long' : -5n;
      const update = `UPDATE ${quoted(table.name)} SET ${quoted(column.name)} = ?`;
      const [{ length }, [isDone]] = [await readTable(shard, table, []), await shard.run([[update, [bad]]])];
      expect(isDone, `${table.name}.${column.name} takes ${String(bad)}`).toBe(length === 0);
    }
  }
}
