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

/** Turns JSON lines into rows of one table, whose cells are as a backup has them. Columns go by SQL name. */
export class StoredRowDecoder {
  readonly #table: TableModel;
  readonly #columns: readonly ColumnModel[];

  constructor(table: TableModel) {
    this.#table = table;
    this.#columns = table.columns.filter(({ generated }) => !generated);
  }

  /** Throws `ShardQLError` that names the column. */
  decode(text: string): DecodedRow {
    const cells = parseCells(text);
    for (const name of Object.keys(cells)) {
      if (!this.#columns.some(({ sqlName }) => sqlName === name)) throw this.#bad(name, `got "${name}"`);
    }
    const columns = this.#columns.filter(({ sqlName }) => Object.hasOwn(cells, sqlName));
    const wires = new Map(columns.map((column) => [column, this.#toWire(column, cells[column.sqlName])]));
    const required = (column: ColumnModel) => {
      const wire = wires.get(column) ?? null;
      if (wire === null) throw this.#bad(column.sqlName, 'got no value of its key');
      return wire;
    };
    return {
      columns: columns.map(({ name }) => name),
      key: JSON.stringify(this.#table.primaryKey.columns.map(required)),
      row: {
        shardKey: toShardKey(this.#table.shardKey, required(this.#table.shardKey)),
        cells: columns.map((column) => wires.get(column)!),
      },
    };
  }

  #toWire(column: ColumnModel, cell: unknown) {
    const stored = toStored(cell);
    if (stored === null) throw this.#bad(column.sqlName, 'got JSON of another form');
    const wire = storedToWire(column, stored);
    if (isWireValue(column, wire)) return wire;
    throw this.#bad(column.sqlName, `got a stored ${stored.type} that does not fit the column`);
  }

  #bad(field: string, but: string): ShardQLError {
    return new ShardQLError('BAD_USER_INPUT', `Expected stored values of ${this.#table.typeName}, but ${but}.`, {
      table: this.#table.typeName,
      field,
    });
  }
}

function parseCells(text: string): Readonly<Record<string, unknown>> {
  try {
    const cells: unknown = JSON.parse(text);
    if (typeof cells === 'object' && cells !== null && !Array.isArray(cells)) return cells as Record<string, unknown>;
  } catch {
    // No JSON: refused below.
  }
  throw new ShardQLError('BAD_USER_INPUT', 'Expected a JSON object of stored values, but got other text.');
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
