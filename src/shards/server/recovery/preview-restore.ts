import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import type { RestoredCounts, RestoredRows } from '../../restore.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { ShownRow, UndoPageRange } from '../../undo.ts';
import { readWireValues } from '../commit/locate-row.ts';
import type { LogSpan } from '../tables/log-spans.ts';
import { inReadingOrder } from '../undo/reading-order.ts';
import { isLost, type RowChange, readRowChanges } from '../undo/row-changes.ts';
import { findRow } from '../undo/row-statements.ts';
import { pageOf, showCurrent, shownValues } from '../undo/show-rows.ts';
import { barrier, type PastSchema } from './past-schema.ts';
import type { RestoredShard } from './restored-shard.ts';

/** More changes are counted, but their rows are not looked at: the shard does nothing else meanwhile. */
export const MAX_PREVIEWED_CHANGES = 20_000;

/** The rows that differ between now and the beginning of a span. */
export function previewRestore(
  { model }: Pick<RestoredShard, 'model'>,
  session: SqlSession,
  schema: PastSchema,
  span: LogSpan,
  range: UndoPageRange,
): RestoredRows {
  const changes = readRowChanges(session, span, schema).map((change) => {
    if (isLost(change)) throw barrier(change.table, change.changed);
    return change;
  });
  const differing = changes.filter((change) => change.kind !== 'update' || differs(session, change));
  const shown = inReadingOrder(model, differing) as RowChange[];
  const byTable = Map.groupBy(shown, ({ table }) => table.typeName);
  return {
    ...countsOf(differing),
    byTable: Object.fromEntries([...byTable].map(([type, changes]) => [type, countsOf(changes)])),
    page: pageOf(shown, range, (change) => show(session, change)),
  };
}

function countsOf(changes: readonly RowChange[]): RestoredCounts {
  const count = (kind: RowChange['kind']) => changes.filter((change) => change.kind === kind).length;
  return { restored: count('insert'), updated: count('update'), deleted: count('delete') };
}

/** False of a row that was changed and has its values of before again. */
const differs = (session: SqlSession, change: RowChange): boolean => differing(session, change).length > 0;

/** The columns of an updated row whose values differ. */
function differing(session: SqlSession, { table, key, before }: RowChange) {
  const values = before(session);
  const current = readWireValues(session, table, [...values.keys()], findRow(session, table, key)!.rowId);
  return [...values].filter(([column, value]) => storedToWire(column, value) !== current[column.name]);
}

function show(session: SqlSession, change: RowChange): ShownRow {
  const { table, key, kind, before } = change;
  const head = { table: table.typeName, key: shownValues(key) };
  switch (kind) {
    case 'insert':
      return { ...head, before: null, after: shownValues(before(session)) };
    case 'delete':
      return { ...head, before: showCurrent(session, table, key, null), after: null };
    case 'update': {
      const values = new Map(differing(session, change));
      return { ...head, before: showCurrent(session, table, key, [...values.keys()]), after: shownValues(values) };
    }
  }
}
