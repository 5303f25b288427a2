/**
 * Rows of a spec, and what must come of them when the model changes: reckoned from the two specs alone. Nothing of what
 * makes migrations is used here.
 */
import { below, pick, type Random } from '../support/random.ts';
import { type ColumnSpec, columnOf, type Kind, type ModelSpec, type TableSpec } from './model-spec.ts';
import type { Cell } from './node-shard.ts';

/** Values by id of the column. */
export interface SpecRow {
  readonly table: number;
  /** Of its own: rows are known by it. */
  readonly version: number;
  readonly cells: ReadonlyMap<number, Cell>;
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

const VALUES: Readonly<Record<Exclude<Kind, 'enum'>, readonly Cell[]>> = {
  text: [
    ...[
      '',
      'a',
      'Ab',
      '12',
      '007',
      '-5',
      '1.5',
      '1.50',
      ' 9',
      '+3',
      '1e3',
      'true',
      '0',
      'it\'s; `q` "d"',
      'Ünï😀',
      'e',
    ],
    ...[
      '2024-05-06T07:08:09.000Z',
      '2024-05-06T07:08:09.123Z',
      '{"a":1}',
      '99999999999999999999',
      '0.1234567890123456',
    ],
  ],
  iso: ['2024-05-06T07:08:09.000Z', '2024-05-06T07:08:09.123Z', '1960-01-01T00:00:00.001Z', '0001-01-01T00:00:00.000Z'],
  json: ['{"a":[1]}', '[]', '"x"', '12', 'null', 'true'],
  int32: [0n, 1n, -1n, 12n, 2147483647n, -2147483648n],
  int64: [0n, 1n, -7n, 9223372036854775807n, -9223372036854775808n, 9007199254740993n, 4102444800n],
  boolean: [0n, 1n],
  seconds: [0n, 1700000000n, -1n, 1n],
  milliseconds: [0n, 1700000000000n, 1700000000123n, -1n, -1000n],
  real: [0, 1.5, -2.25, 12, 0.1, 1 / 3, 1e300],
  decimal: [0n, 12n, 1.5, -0.25, 123456789012345n, 100000000000000000000],
  bytes: [new Uint8Array(), new Uint8Array([0, 255]), bytes('12'), bytes('{"a":1}')],
  bigintBlob: [bytes('0'), bytes('-12'), bytes('9223372036854775807')],
  jsonBlob: [bytes('{"a":1}'), bytes('[]'), bytes('12')],
};

/** Rows to try; some may violate what the model wants. Parents come before children. */
export function randomRows(random: Random, model: ModelSpec): SpecRow[] {
  const rows: SpecRow[] = [];
  let version = 1000;
  for (const table of model) {
    const count = 3 + below(random, 10);
    for (let each = 0; each < count; each++) {
      const cells = new Map<number, Cell>();
      for (const column of table.columns) {
        if (column.generated === null) cells.set(column.id, randomCell(random, column));
      }
      for (const { id } of table.columns.slice(0, table.keyLength)) {
        if (id === 0) cells.set(0, pick(random, ['t', 'Ü; t']));
        if (id === 1) cells.set(1, pick(random, ['', 'k', `k${each}`, `k${each}`, `k${each}`]));
      }
      if (table.parent !== null) referTo(random, table, cells, rows);
      rows.push({ table: table.id, version: ++version, cells });
    }
  }
  return rows;
}

function randomCell(random: Random, { kind, values, notNull }: ColumnSpec): Cell {
  if (!notNull && random() < 0.2) return null;
  return pick(random, kind === 'enum' ? values : VALUES[kind]);
}

function referTo(random: Random, table: TableSpec, cells: Map<number, Cell>, rows: readonly SpecRow[]): void {
  const { columns, table: parentId } = table.parent!;
  const parents = rows.filter((row) => row.table === parentId);
  const isNullable = !columnOf(table, columns[0]!).notNull;
  if (parents.length === 0 || (isNullable && random() < 0.2)) {
    for (const id of columns) cells.set(id, null);
    return;
  }
  const parent = pick(random, parents);
  cells.set(0, parent.cells.get(0)!);
  for (const [at, id] of columns.entries()) cells.set(id, parent.cells.get(at + 1)!);
}

/** What is expected of a row: values by id of the new columns; or why the new model does not take it. */
export type Expected = { readonly cells: ReadonlyMap<number, ExpectedCell> } | { readonly refused: string };

/** A text of a number, or a moment that nobody knows beforehand, is expected by what it means. */
export type ExpectedCell = Cell | { readonly number: number } | { readonly moment: true };

export function expectedRows(
  before: ModelSpec,
  after: ModelSpec,
  rows: readonly (SpecRow & { readonly all: ReadonlyMap<number, Cell> })[],
): ReadonlyMap<number, Expected> {
  const expected = new Map<number, Expected>();
  for (const table of after) {
    const old = before.find(({ id }) => id === table.id);
    if (old === undefined) continue;
    for (const row of rows.filter((each) => each.table === table.id)) {
      expected.set(row.version, expectedRow(old, table, row.all));
    }
    refuseClashes(table, rows, expected);
  }
  refuseOrphans(after, rows, expected);
  return expected;
}

function expectedRow(old: TableSpec, table: TableSpec, row: ReadonlyMap<number, Cell>): Expected {
  const cells = new Map<number, ExpectedCell>();
  for (const column of table.columns) {
    if (column.generated !== null) continue;
    const was = old.columns.find(({ id }) => id === column.id);
    let cell: ExpectedCell | undefined = was === undefined ? undefined : row.get(was.id)!;
    if (cell === undefined) cell = defaultOf(column);
    else if (cell === null) cell = column.notNull ? defaultOf(column) : null;
    else cell = converted(was!, column, cell as Exclude<Cell, null>);
    if (cell === undefined) return { refused: `${column.name} does not fit` };
    if (cell === null && column.notNull) return { refused: `${column.name} is null` };
    cells.set(column.id, cell);
  }
  for (const { of, rule } of table.checks) {
    const cell = cells.has(of) ? cells.get(of)! : generatedOf(table, of, cells);
    if (cell !== null && !isSatisfied(rule, cell)) return { refused: `check of ${of}` };
  }
  for (const column of table.columns) {
    if (column.generated !== null) cells.set(column.id, generatedOf(table, column.id, cells));
  }
  return { cells };
}

/** SQLite compares text as greater than any number. */
function isSatisfied(rule: TableSpec['checks'][number]['rule'], cell: Exclude<ExpectedCell, null>): boolean {
  const value = typeof cell === 'object' && 'number' in cell ? String(cell.number) : cell;
  switch (rule) {
    case 'filled':
      return value !== '';
    case 'short':
      return lengthOf(value) < 6 || value === 'a; b, c';
    case 'positive':
      return typeof value === 'bigint' || typeof value === 'number' ? value > 0 : true;
  }
}

const lengthOf = (value: unknown): number =>
  value instanceof Uint8Array ? value.length : typeof value === 'object' ? 10 : [...String(value)].length;

function generatedOf(table: TableSpec, id: number, cells: ReadonlyMap<number, ExpectedCell>): ExpectedCell {
  const { generated } = columnOf(table, id);
  const cell = cells.get(generated!.of)!;
  if (cell === null) return null;
  switch (generated!.as) {
    case 'length':
      return BigInt(lengthOf(cell));
    case 'upper':
      return `${String(cell).replace(/[a-z]/g, (letter) => letter.toUpperCase())};`;
    case 'double':
      return typeof cell === 'object' ? { moment: true } : (cell as bigint) * 2n;
  }
}

function defaultOf({ default: value, kind }: ColumnSpec): ExpectedCell {
  if (value === null) return null;
  if ('sql' in value) return value.sql === 'moment' ? { moment: true } : value.sql === 'word' ? 'D;' : 3n;
  const { constant } = value;
  if (typeof constant === 'boolean') return constant ? 1n : 0n;
  if (kind === 'decimal' || kind === 'real') return Number(constant);
  return typeof constant === 'number' ? BigInt(constant) : constant;
}

const UNIT_MS: Readonly<Partial<Record<Kind, number>>> = { seconds: 1000, milliseconds: 1 };
const TEXTS: readonly Kind[] = ['text', 'enum', 'iso', 'json'];

/** Undefined: the value has no equal. */
function converted(from: ColumnSpec, to: ColumnSpec, cell: Exclude<Cell, null>): ExpectedCell | undefined {
  if (from.kind === to.kind && to.kind !== 'enum') return cell;
  const text = cell instanceof Uint8Array ? new TextDecoder().decode(cell) : String(cell);
  const ms = millisecondsOf(from.kind, cell);
  if (TEXTS.includes(to.kind)) {
    if (to.kind === 'iso') return ms === null || !isYear(ms) ? undefined : new Date(ms).toISOString();
    if (to.kind === 'enum') return to.values.includes(text) ? text : undefined;
    if (from.kind === 'boolean' && to.kind === 'json') return String(cell === 1n);
    if (typeof cell === 'number' || from.kind === 'decimal') return { number: Number(cell) };
    return to.kind === 'text' || isJson(text) ? text : undefined;
  }
  if (UNIT_MS[to.kind] !== undefined && (ms !== null || TEXTS.includes(from.kind))) {
    const takesMoments = from.kind === 'text' || from.kind === 'iso' || UNIT_MS[from.kind] !== undefined;
    if (!takesMoments) return fitting(to.kind, integerOf(text));
    return ms === null || ms % UNIT_MS[to.kind]! !== 0 ? undefined : BigInt(ms / UNIT_MS[to.kind]!);
  }
  switch (to.kind) {
    case 'boolean':
      if (TEXTS.includes(from.kind) && (text === 'true' || text === 'false')) return text === 'true' ? 1n : 0n;
      return fitting(to.kind, typeof cell === 'number' ? wholeOf(cell) : integerOf(text));
    case 'int32':
    case 'int64':
    case 'seconds':
    case 'milliseconds':
      return fitting(to.kind, typeof cell === 'number' ? wholeOf(cell) : integerOf(text));
    case 'real':
    case 'decimal':
      return fractionOf(to.kind, cell);
    case 'bigintBlob': {
      const integer = typeof cell === 'number' ? wholeOf(cell) : integerOf(text);
      return integer === null ? undefined : bytes(String(integer));
    }
    case 'jsonBlob':
      return isJson(text) ? bytes(text) : undefined;
    default:
      return cell instanceof Uint8Array ? cell : bytes(text);
  }
}

/** Of a moment, or a text that is one's only text. */
function millisecondsOf(kind: Kind, cell: Exclude<Cell, null>): number | null {
  const unit = UNIT_MS[kind];
  if (unit !== undefined) return Number(cell) * unit;
  const ms = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
  return !Number.isNaN(ms) && isYear(ms) && new Date(ms).toISOString() === cell ? ms : null;
}

const isYear = (ms: number): boolean => ms >= Date.parse('0000-01-01T00:00:00.000Z') && ms < Date.UTC(10_000, 0);

const wholeOf = (number: number): bigint | null => (Number.isSafeInteger(number) ? BigInt(number) : null);

function integerOf(text: string): bigint | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const integer = BigInt(text);
  return String(integer) === text && BigInt.asIntN(64, integer) === integer ? integer : null;
}

function fitting(kind: Kind, integer: bigint | null): bigint | undefined {
  if (integer === null) return undefined;
  if (kind === 'boolean') return integer === 0n || integer === 1n ? integer : undefined;
  if (kind === 'int32') return BigInt.asIntN(32, integer) === integer ? integer : undefined;
  if (kind === 'int64') return integer;
  return isYear(Number(integer) * UNIT_MS[kind]!) ? integer : undefined;
}

function fractionOf(kind: Kind, cell: Exclude<Cell, null>): ExpectedCell | undefined {
  if (typeof cell === 'string' || cell instanceof Uint8Array) {
    const text = typeof cell === 'string' ? cell : new TextDecoder().decode(cell);
    const digits = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? text.replace(/\D/g, '') : '';
    return digits === '' || digits.length > 15 ? undefined : Number(text);
  }
  if (typeof cell === 'bigint') {
    const most = kind === 'real' ? 2n ** 53n : 999_999_999_999_999n;
    return cell > most || cell < -most ? undefined : Number(cell);
  }
  return kind === 'real' || Number(cell.toPrecision(15)) === cell ? cell : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of rows that are equal in a unique key all but one are refused. */
function refuseClashes(table: TableSpec, rows: readonly SpecRow[], expected: Map<number, Expected>): void {
  for (const { of, form } of table.indexes) {
    if (!form.startsWith('unique')) continue;
    const seen = new Set<string>();
    for (const row of rows.filter((each) => each.table === table.id)) {
      const found = expected.get(row.version)!;
      if (!('cells' in found)) continue;
      const cell = found.cells.get(of)!;
      if (cell === null || (form === 'unique partial' && cell === 'twice')) continue;
      const key = JSON.stringify([found.cells.get(0), keyText(cell)]);
      if (seen.has(key)) expected.set(row.version, { refused: `clash in ${of}` });
      seen.add(key);
    }
  }
}

const keyText = (cell: Exclude<ExpectedCell, null>): string =>
  cell instanceof Uint8Array
    ? `x${Buffer.from(cell).toString('hex')}`
    : typeof cell === 'object'
      ? JSON.stringify(cell)
      : `${typeof cell === 'string'} ${cell}`;

/** Rows go with the rows that they refer to. */
function refuseOrphans(after: ModelSpec, rows: readonly SpecRow[], expected: Map<number, Expected>): void {
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const table of after.filter(({ parent }) => parent !== null)) {
      const { columns, table: parentId } = table.parent!;
      const isThere = (key: readonly (ExpectedCell | undefined)[]): boolean =>
        rows.some((row) => {
          const found = row.table === parentId ? expected.get(row.version) : undefined;
          return found !== undefined && 'cells' in found && key.every((cell, at) => found.cells.get(at) === cell);
        });
      for (const row of rows.filter((each) => each.table === table.id)) {
        const found = expected.get(row.version)!;
        if (!('cells' in found) || columns.some((id) => found.cells.get(id) === null)) continue;
        if (isThere([found.cells.get(0), ...columns.map((id) => found.cells.get(id))])) continue;
        expected.set(row.version, { refused: 'its parent is refused' });
        isDone = false;
      }
    }
  }
}
