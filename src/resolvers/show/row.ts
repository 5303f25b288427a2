import { violated } from '../../lib/invariant.ts';
import { wireToOutput } from '../../model/codec.ts';
import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { parseJsonPath, valueAtPath } from '../../plans/arguments/json-path.ts';
import type { RowShape, RowView } from '../../plans/node-plan.ts';
import { encodeNodeId } from '../../plans/tokens/node-id.ts';
import { isMisfit, type Misfit } from '../../shards/misfit.ts';
import { misfitError } from '../../shards/misfit-error.ts';
import type { RowAnswer } from '../../shards/plan/answer.ts';
import { VERSION_COLUMN } from '../../shards/plan/node.ts';
import type { ReadRun } from '../run/read-run.ts';

/** A row of a table as GraphQL's executor sees it: the answer's cells and how to read them at this place. */
export class Row {
  readonly view: RowView;
  readonly cells: RowAnswer;
  /** What read it. */
  readonly run: ReadRun;

  constructor(view: RowView, cells: RowAnswer, run: ReadRun) {
    this.view = view;
    this.cells = cells;
    this.run = run;
  }

  get table(): TableModel {
    return this.view.shape.table;
  }
}

/**
 * The wire value of a column that the plan read.
 *
 * @throws ShardQLError INVALID_VALUE that names the row, if it does not fit the column.
 */
export function cellOf(shape: RowShape, cells: RowAnswer, column: string): WireValue {
  const cell = storedCellOf(shape, cells, column);
  if (isMisfit(cell)) throw misfitError(cell);
  return cell;
}

/** The same, whether it fits or not. */
export function storedCellOf(shape: RowShape, cells: RowAnswer, column: string): WireValue | Misfit {
  const index = shape.columnIndex.get(column);
  if (index === undefined) violated(`The plan of ${shape.table.typeName} did not read ${column}.`);
  return cells[index] as WireValue | Misfit;
}

export function resolveColumn(row: Row, column: ColumnModel): unknown {
  const value = cellOf(row.view.shape, row.cells, column.name);
  return value === null ? null : wireToOutput(column, value);
}

/** A JSON value, or what is at a path in it; null if there is nothing. */
export function resolveJson(row: Row, column: ColumnModel, path: string | null | undefined): unknown {
  const value = resolveColumn(row, column);
  if (path === null || path === undefined) return value;
  return valueAtPath(value, parseJsonPath(path, 'path')) ?? null;
}

export const resolveVersion = (row: Row): string => String(cellOf(row.view.shape, row.cells, VERSION_COLUMN));

export const resolveNodeId = (row: Row): string =>
  encodeNodeId(
    row.table,
    row.table.primaryKey.names.map((name) => cellOf(row.view.shape, row.cells, name)!),
  );
