import type { ColumnModel, KeyModel, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { CreateCell, OnConflict, OperationOf } from '../../operation.ts';
import { unknownKey } from '../other-release.ts';
import type { BulkRow, Cells } from './bulk-rows.ts';
import { type CommitScope, columnOf, requireShardKey } from './commit-scope.ts';
import { RowFailed } from './row-failed.ts';
import { refuseKeyColumn } from './update.ts';

/** What rows of a createMany have in common that one statement can write. */
export interface Shape {
  /** Columns that they give. */
  readonly columns: readonly ColumnModel[];
  /** Of them, those that a row takes over which is there already. */
  readonly set: readonly ColumnModel[];
}

export interface CreateManyRow extends BulkRow {
  readonly shape: Shape;
  /** The same row for one that is there already, which some columns of it change otherwise. */
  readonly asChange: BulkRow;
  /** Texts of its values of each key by which it may be there already, as far as it has them: equal for rows that are one. */
  readonly keys: readonly string[];
}

/** By what rows may be there already. */
export interface Conflicts {
  /** Any of these keys; none: they must not be there. */
  readonly keys: readonly KeyModel[];
  /** One key is named. */
  readonly isNamed: boolean;
  /** Rows that are there are left alone, whatever the others give. */
  readonly ignores: boolean;
  readonly set: readonly ColumnModel[];
}

/** @throws ShardQLError BAD_USER_INPUT unless the columns can be set; OtherRelease unless the table has the key. */
export function readConflicts(table: TableModel, onConflict: OnConflict | null): Conflicts {
  if (onConflict === null) return { keys: [], isNamed: false, ignores: false, set: [] };
  const ignores = onConflict.set === null;
  const set = (onConflict.set ?? []).map((name) => columnOf(table, name));
  for (const column of set) refuseKeyColumn(table, column);
  const keys = [table.primaryKey, ...table.uniqueKeys];
  const { key: names } = onConflict;
  if (names === null && !ignores) throw noKeyNamed(table);
  if (names === null) return { keys, isNamed: false, ignores, set };
  const key = keys.find(
    (each) => each.names.length === names.length && names.every((name) => each.names.includes(name)),
  );
  if (key) return { keys: [key], isNamed: true, ignores, set };
  throw unknownKey(table, names);
}

/** @throws RowFailed for the first row that this commit may not write, or that lacks the key by which it is looked for. */
export function readRows(
  scope: CommitScope,
  table: TableModel,
  { columns: names, rows }: Pick<OperationOf<'createMany'>, 'columns' | 'rows'>,
  conflicts: Conflicts,
): CreateManyRow[] {
  const reader = new RowReader(
    names.map((name) => columnOf(table, name)),
    conflicts,
  );
  return (JSON.parse(rows) as readonly (readonly CreateCell[])[]).map((given, index) => {
    const row = reader.read(given, index);
    try {
      requireShardKey(scope, table, row.cells[row.shape.columns.indexOf(table.shardKey)]);
      const missing = reader.keyColumnLeftOut(given);
      if (missing) throw noKey(table, missing);
    } catch (error) {
      throw error instanceof ShardQLError ? new RowFailed(index, error) : error;
    }
    return row;
  });
}

class RowReader {
  readonly #columns: readonly ColumnModel[];
  readonly #conflicts: Conflicts;
  /** The positions of the columns of each key; -1: rows do not give it. */
  readonly #keys: readonly (readonly number[])[];
  readonly #whole: Shape;
  readonly #shapeById = new Map<string, Shape>();

  constructor(columns: readonly ColumnModel[], conflicts: Conflicts) {
    this.#columns = columns;
    this.#conflicts = conflicts;
    this.#keys = conflicts.keys.map((key) => key.columns.map((column) => columns.indexOf(column)));
    this.#whole = { columns, set: conflicts.set.filter((column) => columns.includes(column)) };
  }

  read(given: readonly CreateCell[], index: number): CreateManyRow {
    const isWhole = !given.some((cell) => typeof cell === 'object' && cell !== null);
    const shape = isWhole ? this.#whole : this.#shapeOf(given);
    const values = isWhole ? (given as readonly WireValue[]) : given.map(cellValue);
    const bulkRow = (all: Cells): BulkRow => {
      const cells =
        shape.columns === this.#columns ? all : all.filter((_, at) => shape.columns.includes(this.#columns[at]!));
      return { index, cells, json: JSON.stringify(cells) };
    };
    const row = bulkRow(values);
    const asChange = !isWhole && given.some(isTwofold) ? bulkRow(given.map(changeValue)) : row;
    return { ...row, shape, asChange, keys: this.#keyTexts(values) };
  }

  /** Of the key by which rows are looked for, whatever other rows give: NULL names none, but has to be said. */
  keyColumnLeftOut(given: readonly CreateCell[]): ColumnModel | undefined {
    const { isNamed, keys } = this.#conflicts;
    if (!isNamed) return undefined;
    return keys[0]!.columns.find((_, index) => {
      const at = this.#keys[0]![index]!;
      return at < 0 || isLeftOut(given[at]!);
    });
  }

  #keyTexts(values: readonly WireValue[]): string[] {
    const texts: string[] = [];
    for (const [key, positions] of this.#keys.entries()) {
      const parts = positions.map((at) => values[at] ?? null);
      if (!parts.includes(null)) texts.push(`${key} ${collated(JSON.stringify(parts))}`);
    }
    return texts;
  }

  /** A new row has NULL there anyway, and one that is there already is not asked for it. */
  #isNullIfLeftOut(column: ColumnModel): boolean {
    return !column.hasSqlDefault && !column.notNull && !this.#whole.set.includes(column);
  }

  #shapeOf(given: readonly CreateCell[]): Shape {
    const { set } = this.#whole;
    const leftOut = this.#columns.filter((column, at) => isLeftOut(given[at]!) && !this.#isNullIfLeftOut(column));
    const kept = this.#columns.filter((column, at) => isDefault(given[at]!) && set.includes(column));
    const id = [leftOut, kept].map((some) => some.map(({ name }) => name).join()).join(' ');
    if (id === ' ') return this.#whole;
    let shape = this.#shapeById.get(id);
    if (!shape) {
      shape = {
        columns: leftOut.length === 0 ? this.#columns : this.#columns.filter((column) => !leftOut.includes(column)),
        set: set.filter((column) => !leftOut.includes(column) && !kept.includes(column)),
      };
      this.#shapeById.set(id, shape);
    }
    return shape;
  }
}

/** SQLite's collations ignore ASCII case, or spaces at the end, or nothing. Which one a key has is not looked up. */
const collated = (text: string): string => text.toLowerCase().replaceAll(/ +"/g, '"');

const isLeftOut = (cell: CreateCell): boolean => Array.isArray(cell) && cell.length === 0;
const isDefault = (cell: CreateCell): boolean => Array.isArray(cell) && cell.length === 1;
const isTwofold = (cell: CreateCell): boolean => Array.isArray(cell) && cell.length === 2;
const changeValue = (cell: CreateCell): WireValue =>
  Array.isArray(cell) ? (cell.at(-1) ?? null) : (cell as WireValue);
const cellValue = (cell: CreateCell): WireValue => (Array.isArray(cell) ? (cell[0] ?? null) : (cell as WireValue));

const noKeyNamed = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected the key by which existing rows of ${typeName} are found, but got none.`,
    { table: typeName },
  );

const noKey = ({ typeName }: TableModel, { name }: ColumnModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a value for ${typeName}.${name}, by which existing rows are found, but got none.`,
    { table: typeName, field: name },
  );
