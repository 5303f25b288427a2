import type { TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { StatementError } from '../../sql/statement-error.ts';
import type { Version } from '../../version.ts';
import { missingTarget } from '../commit/errors/foreign-key-error.ts';
import { typedError } from '../commit/errors/typed-error.ts';
import type { RowChange } from './row-changes.ts';
import { conflictOf, UndoConflict, UnsettledParent } from './undo-conflict.ts';
import { type OpenRows, UndoneRow, type UndoScope } from './undone-row.ts';

/** A row that stays as it is. */
export interface LeftRow {
  readonly change: RowChange;
  readonly conflict: UndoConflict;
}

interface UndoneRows {
  readonly written: readonly RowChange[];
  readonly left: readonly LeftRow[];
}

/**
 * Takes rows back that were changed together, as many of them as can be, and no others. `version`: of their commit.
 *
 * Which of them can is a fixpoint: a row that stays may keep others from going back. SQLite decides it, as it alone knows all
 * constraints: rows are written, in any order that works, until none of those left can be. The order does not matter, since the
 * states to go back to have stood beside each other once, so that no row that is back keeps another from it.
 *
 * Rows that wait for each other in a circle are written with NULLs first. That is taken back if one of them still cannot be
 * written then: it stays, and the others are tried without it.
 */
export function undoRows(scope: UndoScope, changes: readonly RowChange[], version: Version): UndoneRows {
  const rows = changes.map((change) => new UndoneRow(change));
  const left: LeftRow[] = [];
  const located = rows.filter((row) => {
    try {
      row.locate(scope, version);
      return true;
    } catch (error) {
      if (!(error instanceof UndoConflict)) throw error;
      if (!row.wasOnlyTouched(scope)) left.push({ change: row.change, conflict: error });
      return false;
    }
  });
  const open = openRows(located);
  const leave = (stuck: readonly UndoneRow[]): void => {
    for (const row of stuck) left.push({ change: row.change, conflict: whyStuck(scope, row) });
  };
  let waiting = writeAll(scope, located, open);
  for (let round = 1; waiting.length > 0; round++) {
    const mayCircle = waiting.length <= MAX_CIRCLING_ROWS && round <= MAX_ROUNDS;
    const refused = mayCircle ? writeCircle(scope, waiting, open) : waiting;
    const blamed = refused.filter(({ failure }) => !(failure instanceof UnsettledParent));
    const stuck = blamed.length > 0 ? blamed : refused;
    leave(stuck);
    for (const row of stuck) row.stay();
    waiting = writeAll(
      scope,
      waiting.filter((row) => row.isOpen),
      open,
    );
  }
  return { written: rows.filter((row) => row.isWritten).map(({ change }) => change), left };
}

/** Rows that wait for each other are few. Where more wait, for a row that stays, they all stay. */
const MAX_CIRCLING_ROWS = 1_000;
const MAX_ROUNDS = 50;

/** Tries rows in turns, forwards and backwards, as long as one can be written. Gives those that cannot. */
function writeAll(scope: UndoScope, rows: readonly UndoneRow[], open: OpenRows): UndoneRow[] {
  let waiting = [...rows];
  for (;;) {
    const refused = waiting.filter((row) => row.isOpen && !tryTo(row, () => row.write(scope, open)));
    if (refused.length === 0 || refused.length === waiting.length) return refused;
    waiting = refused.reverse();
  }
}

/** False: it cannot be done as rows are now. */
function tryTo(row: UndoneRow, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    const isRefusal = [UndoConflict, ShardQLError, StatementError].some((type) => error instanceof type);
    if (!isRefusal) throw error;
    row.failure = error;
    return false;
  }
}

/** Takes back what was written since the savepoint. */
class Stuck extends Error {
  readonly rows: readonly UndoneRow[];

  constructor(rows: readonly UndoneRow[]) {
    super('Rows cannot be written.');
    this.rows = rows;
  }
}

/** Writes all of the rows, which wait for each other, or none: then it gives those that are to blame. */
function writeCircle(scope: UndoScope, rows: readonly UndoneRow[], open: OpenRows): readonly UndoneRow[] {
  try {
    scope.savepoint(() => {
      const parked = rows.filter((row) => {
        const reason = row.failure;
        const isParked = tryTo(row, () => row.park(scope)) && row.isParked;
        // It waits for what it waited for.
        if (!isParked) row.failure = reason;
        return isParked;
      });
      if (parked.length === 0) throw new Stuck(rows);
      const stuck = writeAll(scope, rows, open);
      if (stuck.length > 0) throw new Stuck(stuck);
    });
    return [];
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    for (const row of rows) row.unpark();
    return error.rows;
  }
}

function openRows(rows: readonly UndoneRow[]): OpenRows {
  const byRow = new Map<string, UndoneRow>();
  const at = ({ typeName }: TableModel, rowId: string) => `${rowId} ${typeName}`;
  for (const row of rows) if (row.rowId !== null) byRow.set(at(row.change.table, row.rowId), row);
  return {
    find(table, rowId) {
      const row = byRow.get(at(table, rowId));
      return row?.isOpen ? row : null;
    },
  };
}

/** @throws what is no failure of the row, but our bug. */
function whyStuck(scope: UndoScope, row: UndoneRow): UndoConflict {
  const { failure } = row;
  if (failure instanceof UndoConflict) return failure;
  const { table, kind } = row.change;
  // Operators alone undo.
  const error = typedError({ ...scope, access: null }, table, failure, {
    values: () => row.wireValues(scope),
    foreignKeyError: () => missingTarget(scope.session, scope.model, table, row.wireValues(scope)),
  });
  if (error instanceof ShardQLError) return conflictOf(table, kind === 'delete', error);
  throw error;
}
