import { alignColumns } from '../align-columns.ts';
import type { ShownConflict, ShownRow, Undo } from './request-undo.ts';

/** What an undo would do, as tables. */
export function showPreview(undo: Undo): string {
  return [
    `preview: ${summary(undo)}${conflictCount(undo)}`,
    ...changeTable('rows that go back', 'after the undo', undo.changes),
    ...table('rows that stay', CONFLICT_HEAD, undo.conflicts, conflictCells),
    ...failures(undo),
  ].join('\n');
}

/** What an undo has done. `undoCommand`: by which it is undone itself. */
export function showUndone(undo: Undo, undoCommand: string): string {
  const { conflicts } = undo;
  return [
    `${summary(undo)}${conflictCount(undo)}`,
    ...table('rows that stayed', CONFLICT_HEAD, conflicts, conflictCells),
    ...failures(undo),
    undo.operationId === null
      ? 'nothing was changed'
      : `operation ${undo.operationId}\nto undo this undo: ${undoCommand}`,
  ].join('\n');
}

/** Rows with what they are now and afterwards. */
export const changeTable = (
  title: string,
  afterwards: string,
  rows: { readonly nodes: readonly ShownRow[]; readonly totalCount: number },
): string[] => table(title, ['table', 'key', 'now', afterwards], rows, changeCells);

const CONFLICT_HEAD = ['table', 'key', 'why'];

const summary = ({ restoredCount, updatedCount, deletedCount }: Undo): string =>
  `rows restored: ${restoredCount}, updated: ${updatedCount}, deleted: ${deletedCount}`;

const conflictCount = ({ conflicts: { totalCount } }: Undo): string =>
  totalCount === 0 ? '' : `, ${totalCount} conflict${totalCount === 1 ? '' : 's'}`;

function table<Row>(
  title: string,
  head: readonly string[],
  { nodes, totalCount }: { readonly nodes: readonly Row[]; readonly totalCount: number },
  cells: (row: Row) => readonly string[],
): string[] {
  if (totalCount === 0) return [];
  const more = totalCount > nodes.length ? [`… and ${totalCount - nodes.length} more`] : [];
  return ['', `${title}:`, alignColumns([head, ...nodes.map(cells)]), ...more];
}

const changeCells = ({ table: name, key, before, after }: ShownRow): string[] => [
  name,
  short(key, MAX_KEY),
  shownState(before, key),
  shownState(after, key),
];

const conflictCells = ({ table: name, key, reason, message }: ShownConflict): string[] => [
  name,
  short(key, MAX_KEY),
  `${reason}: ${message}`,
];

/** Without its key, which stands beside it: what a row holds besides would be cut off. */
function shownState(values: ShownRow['before'], key: ShownRow['key']): string {
  if (values === null) return 'not there';
  const others = Object.entries(values).filter(([name]) => !Object.hasOwn(key, name));
  return others.length === 0 ? 'there' : short(Object.fromEntries(others));
}

/** Greatest length of a cell with values. */
const MAX_CELL = 60;

/** A key of two ULIDs is whole: people look for rows by it. */
const MAX_KEY = 120;

function short(values: Readonly<Record<string, unknown>>, max = MAX_CELL): string {
  const text = Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()}…`;
}

const failures = ({ shards }: Undo): string[] =>
  shards.flatMap(({ name, code, message }) => (code === null ? [] : [`${name} did nothing: ${code}: ${message}`]));
