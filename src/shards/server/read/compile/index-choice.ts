import type { TableModel } from '../../../../model/types.ts';
import type { Source } from '../../../plan/source.ts';
import type { OrderColumn } from './order.ts';

/**
 * Which index finds the rows of a key. Without statistics SQLite cannot tell a selective index from one that merely
 * delivers the wanted order, and then walks a whole tenant to find the three items of an order (measured: 90 ms instead
 * of 0.2 ms). So where two or more key columns lead an index, it is named.
 */
export interface IndexChoice {
  /** Name for INDEXED BY; null leaves SQLite the choice. */
  readonly name: string | null;
  /** False if SQLite must not choose an index for the sake of the order. */
  readonly plainOrder: boolean;
}

const FREE: IndexChoice = { name: null, plainOrder: true };

/** The source has no row that was deleted. */
export const showsLiveOnly = ({ softDelete }: TableModel, { hiddenBy }: Pick<Source, 'hiddenBy'>): boolean =>
  softDelete !== null && hiddenBy === softDelete.name;

/** An index, or the primary key's, which has no name of its own. */
export interface UsableIndex {
  readonly name: string | null;
  readonly columns: readonly (string | null)[];
}

/** The indexes that hold all rows of a source. */
export const usableIndexes = (table: TableModel, source: Pick<Source, 'hiddenBy'>): readonly UsableIndex[] => [
  { name: null, columns: table.primaryKey.names },
  ...table.indexes.filter(({ partial, liveOnly }) => !partial || (liveOnly && showsLiveOnly(table, source))),
];

export function chooseIndex(
  indexes: readonly UsableIndex[],
  match: readonly string[],
  order: readonly OrderColumn[],
): IndexChoice {
  const orderNames = order.map(({ field }) => field.name).filter((name) => !match.includes(name));
  let best = { name: null as string | null, matched: 0, ordered: 0 };
  for (const { name, columns } of indexes) {
    const matched = countWhile(columns, (column) => column !== null && match.includes(column));
    const ordered = countWhile(columns.slice(matched), (column, at) => column === orderNames[at]);
    if (matched > best.matched || (matched === best.matched && ordered > best.ordered))
      best = { name, matched, ordered };
  }
  if (best.matched < 2) return FREE;
  return { name: best.name, plainOrder: best.name !== null || best.ordered > 0 };
}

/** No index starts with a matched column, but one does after the shard key. */
export function seeksShardKeys(
  { shardKey }: TableModel,
  indexes: readonly UsableIndex[],
  match: readonly string[],
): boolean {
  const isMatched = (column: string | null | undefined) => column != null && match.includes(column);
  if (indexes.some(({ columns: [leading] }) => isMatched(leading))) return false;
  return indexes.some(({ columns: [leading, second] }) => leading === shardKey.name && isMatched(second));
}

function countWhile<T>(items: readonly T[], test: (item: T, at: number) => boolean): number {
  const end = items.findIndex((item, at) => !test(item, at));
  return end < 0 ? items.length : end;
}
