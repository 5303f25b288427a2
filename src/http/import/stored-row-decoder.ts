import type { ColumnModel, TableModel } from '../../model/types.ts';
import { type StoredValue, storedToWire } from '../../model/values/stored-to-wire.ts';
import { isWireValue } from '../../model/wire-kinds.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { DecodedRow } from './row-decoder.ts';

/**
 * A value as it is stored, in JSON: text and NULL as they are, and the rest with the first letter of its storage class, as numbers may be
 * more exact than JavaScript's and JSON has no bytes: `["i", "9007199254740993"]`, `["r", "0.1"]`, `["b", "<base64>"]`.
 */
export type StoredCell = null | string | readonly ['i' | 'r' | 'b', string];

/** Turns JSON lines into rows of one table, whose cells are as a backup has them: each is an array of them, in the order of the columns. */
export class StoredRowDecoder {
  readonly #table: TableModel;
  readonly #columns: readonly ColumnModel[];
  readonly #names: readonly string[];
  readonly #keyAt: readonly number[];
  readonly #shardKeyAt: number;

  /** @throws ShardQLError BAD_USER_INPUT unless they are columns of the table, by SQL name, and those of its keys among them. */
  constructor(table: TableModel, sqlNames: readonly string[]) {
    this.#table = table;
    this.#columns = sqlNames.map((name) => {
      const column = table.columns.find(({ sqlName, generated }) => sqlName === name && !generated);
      if (column === undefined) throw this.#bad(name, `got "${name}"`);
      return column;
    });
    if (new Set(sqlNames).size < sqlNames.length) throw this.#bad(undefined, 'got a column twice');
    this.#names = this.#columns.map(({ name }) => name);
    const placeOf = (column: ColumnModel): number => {
      const at = this.#columns.indexOf(column);
      if (at < 0) throw this.#bad(column.sqlName, `got none of the key column "${column.sqlName}"`);
      return at;
    };
    this.#keyAt = table.primaryKey.columns.map(placeOf);
    this.#shardKeyAt = placeOf(table.shardKey);
  }

  /** Throws `ShardQLError` that names the column. */
  decode(text: string): DecodedRow {
    const stored = parseCells(text, this.#columns.length);
    const cells = this.#columns.map((column, at) => this.#toWire(column, stored[at]));
    const required = (at: number) => {
      const wire = cells[at]!;
      if (wire === null) throw this.#bad(this.#columns[at]!.sqlName, 'got no value of its key');
      return wire;
    };
    return {
      columns: this.#names,
      key: JSON.stringify(this.#keyAt.map(required)),
      row: { shardKey: toShardKey(this.#table.shardKey, required(this.#shardKeyAt)), cells },
    };
  }

  #toWire(column: ColumnModel, cell: unknown) {
    const stored = toStored(cell);
    if (stored === null) throw this.#bad(column.sqlName, 'got JSON of another form');
    const wire = storedToWire(column, stored);
    if (isWireValue(column, wire)) return wire;
    throw this.#bad(column.sqlName, `got a stored ${stored.type} that does not fit the column`);
  }

  #bad(field: string | undefined, but: string): ShardQLError {
    return new ShardQLError('BAD_USER_INPUT', `Expected stored values of ${this.#table.typeName}, but ${but}.`, {
      table: this.#table.typeName,
      field,
    });
  }
}

function parseCells(text: string, count: number): readonly unknown[] {
  try {
    const cells: unknown = JSON.parse(text);
    if (Array.isArray(cells) && cells.length === count) return cells;
  } catch {
    // No JSON: refused below.
  }
  throw new ShardQLError('BAD_USER_INPUT', `Expected a JSON array of ${count} stored values, but got other text.`);
}

/** Null: it is none. */
function toStored(cell: unknown): StoredValue | null {
  if (cell === null) return { type: 'null' };
  if (typeof cell === 'string') return { type: 'text', value: cell };
  if (!Array.isArray(cell) || cell.length !== 2 || typeof cell[1] !== 'string') return null;
  const [type, value] = cell as [unknown, string];
  if (type === 'i' && /^-?\d{1,19}$/.test(value)) return { type: 'integer', digits: value };
  if (type === 'r' && value !== '' && !Number.isNaN(Number(value))) return { type: 'real', value: Number(value) };
  return type === 'b' ? toBlob(value) : null;
}

function toBlob(base64: string): StoredValue | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return { type: 'blob', value: bytes.buffer };
  } catch {
    return null;
  }
}
