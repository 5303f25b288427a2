import { driverToWire, importCellToWire } from '../../model/codec.ts';
import { InvalidValueError } from '../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { WIRE_KINDS } from '../../model/wire-kinds.ts';
import type { ImportRow } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import { mayBeRounded, parseExactly } from '../graphql/exact-json.ts';
import { isDeeperThan, MAX_VARIABLE_LEVELS } from '../graphql/variable-nesting.ts';

/** A line of an import, ready to be sent. */
export interface DecodedRow {
  /** Names of the cells' columns, in the table's order. */
  readonly columns: readonly string[];
  /** Equal for rows with equal primary keys. */
  readonly key: string;
  readonly row: ImportRow;
}

/** Numbers of such columns may be more exact than a double; `JSON.parse` alone would round them. */
function isExact({ wire }: ColumnModel): boolean {
  const { sums } = WIRE_KINDS[wire];
  return sums === 'integer' || sums === 'decimal';
}

/** Turns JSON lines into rows of one table. Columns go by SQL or GraphQL name. */
export class RowDecoder {
  readonly #table: TableModel;
  readonly #columnByName: ReadonlyMap<string, ColumnModel>;

  constructor(table: TableModel) {
    this.#table = table;
    this.#columnByName = new Map([
      ...table.columns.map((column) => [column.sqlName, column] as const),
      ...table.columnByName,
    ]);
  }

  /** Throws `ShardQLError` that names the column. */
  decode(text: string): DecodedRow {
    const wires = this.#wiresByColumn(text);
    const columns = this.#table.columns.filter((column) => wires.has(column));
    const key = this.#table.primaryKey.columns.map((column) => this.#required(wires, column));
    const shardKey = toShardKey(this.#table.shardKey, this.#required(wires, this.#table.shardKey));
    return {
      columns: columns.map((column) => column.name),
      key: JSON.stringify(key),
      row: { shardKey, cells: columns.map((column) => wires.get(column) ?? null) },
    };
  }

  #wiresByColumn(text: string): Map<ColumnModel, WireValue> {
    const wires = new Map<ColumnModel, WireValue>();
    const { row, exact } = parseRow(text);
    for (const [name, rounded] of Object.entries(row)) {
      const column = this.#columnByName.get(name);
      if (!column) throw this.#bad(name, `Expected a column of ${this.#table.typeName}, but got "${name}".`);
      if (column.generated) throw this.#bad(name, `Expected no value for the generated column "${name}", but got one.`);
      if (wires.has(column)) throw this.#bad(name, `Expected the column "${column.name}" once, but got it twice.`);
      wires.set(column, this.#toWire(column, isExact(column) ? exact[name] : rounded));
    }
    for (const column of this.#table.primaryKey.columns) {
      if (wires.has(column) || column.constantDefault === undefined) continue;
      wires.set(column, driverToWire(column, column.constantDefault));
    }
    return wires;
  }

  #toWire(column: ColumnModel, cell: unknown): WireValue {
    try {
      return importCellToWire(column, cell);
    } catch (error) {
      if (error instanceof InvalidValueError) throw this.#bad(column.name, error.message);
      throw error;
    }
  }

  #required(wires: ReadonlyMap<ColumnModel, WireValue>, column: ColumnModel): Exclude<WireValue, null> {
    const wire = wires.get(column) ?? null;
    if (wire !== null) return wire;
    const message = `Expected a value for the key column "${column.name}" of ${this.#table.typeName}, but got none.`;
    throw new ShardQLError('NOT_NULL_VIOLATION', message, { table: this.#table.typeName, field: column.name });
  }

  #bad(field: string, message: string): ShardQLError {
    return new ShardQLError('BAD_USER_INPUT', message, { table: this.#table.typeName, field });
  }
}

type Row = Record<string, unknown>;

/** The row's cells by name: as JavaScript reads them, and with long numbers as the decimal text they were written in. */
function parseRow(text: string): { readonly row: Row; readonly exact: Row } {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    row = undefined;
  }
  if (!isRow(row)) throw new ShardQLError('BAD_USER_INPUT', `Expected a JSON object, but got ${excerpt(text)}.`);
  if (!mayBeRounded(text)) return { row, exact: row };
  // A reviver goes down by recursion.
  if (isDeeperThan(MAX_VARIABLE_LEVELS, row)) {
    const message = `Expected a row of at most ${MAX_VARIABLE_LEVELS} levels of lists and objects, but got more.`;
    throw new ShardQLError('BAD_USER_INPUT', message);
  }
  return { row, exact: parseExactly(text) as Row };
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
