import type { TableModel } from '../../../../model/types.ts';
import { findingTerms } from '../../../plan/index-needs.ts';
import type { PlanNode } from '../../../plan/node.ts';
import { isStored } from './fields.ts';
import { showsLiveOnly, type UsableIndex, usableIndexes } from './index-choice.ts';
import type { OrderColumn } from './order.ts';

/**
 * How the rows of all shard keys are read in the order of a page, without looking at more of them than the page needs. SQLite by itself
 * would read all and sort them: it takes an index that delivers the first terms of an order, but not the primary key that comes last, for
 * more expensive than that; and no index that begins with the shard key delivers an order of all.
 *
 * `INDEX`: by that index, which begins with the order. `SHARD_KEYS`: the first rows of each shard key, by an index where the order
 * follows the shard key.
 */
export type ScatterOrder = { readonly by: 'INDEX'; readonly name: string } | { readonly by: 'SHARD_KEYS' };

/** Null: SQLite has the choice, as rows may be found by what the filter says, or no index has the order. */
export function chooseScatterOrder(
  table: TableModel,
  node: PlanNode,
  order: readonly OrderColumn[],
): ScatterOrder | null {
  const { page, match, through, search } = node;
  const [first] = order;
  if (!page?.rows || page.distinct || match.length > 0 || through !== null || search !== null) return null;
  if (first === undefined || !isDelivered(first) || first.field.name === table.shardKey.name) return null;

  const { equals, ranges } = findingTerms(node);
  const indexes: readonly UsableIndex[] = [
    ...usableIndexes(table, node),
    ...table.uniqueKeys
      .filter(({ liveOnly }) => !liveOnly || showsLiveOnly(table, node))
      .map(({ names }) => ({ name: null, columns: names })),
  ];
  const lead = first.field.name;
  const findsRows = ({ columns: [leading] }: UsableIndex) =>
    leading != null && leading !== lead && (equals.has(leading) || ranges.has(leading));
  if (equals.has(lead) || indexes.some(findsRows) || hasAlternatives(node)) return null;

  const leading = indexes.filter(({ columns }) => columns[0] === lead);
  if (leading.length > 0) {
    const named = leading.flatMap(({ name, columns }) =>
      name === null ? [] : [{ name, served: served(columns, order) }],
    );
    // A key that has no name is found by SQLite: it holds all of the order.
    const best = named.reduce((a, b) => (b.served > (a?.served ?? 0) ? b : a), named[0]);
    return best === undefined ? null : { by: 'INDEX', name: best.name };
  }
  if (!tellsShardKeys(table)) return null;
  return indexes.some((index) => followsShardKey(index, table, equals, lead)) ? { by: 'SHARD_KEYS' } : null;
}

/** An index of all rows begins with the shard key, and so gives the shard keys one after the other. */
const tellsShardKeys = ({ shardKey, primaryKey, uniqueKeys, indexes }: TableModel): boolean =>
  [primaryKey, ...uniqueKeys.filter(({ liveOnly }) => !liveOnly)].some(({ names }) => names[0] === shardKey.name) ||
  indexes.some(({ partial, columns }) => !partial && columns[0] === shardKey.name);

/** An index has NULLs first, or last if it is read backwards; and bytes as they are, not the numbers that they spell. */
const isDelivered = ({ field, descending, nullsFirst }: OrderColumn): boolean =>
  isStored(field) && field.wire !== 'bigintBlob' && (field.notNull || nullsFirst !== descending);

/** SQLite may find rows by several indexes, or by lists of keys. */
const hasAlternatives = ({ filter, access }: PlanNode): boolean =>
  [filter, access].some((part) => {
    const terms = part?.op === 'and' ? part.terms : part ? [part] : [];
    return terms.some(({ op }) => op === 'or' || op === 'inKeys');
  });

function served(columns: UsableIndex['columns'], order: readonly OrderColumn[]): number {
  const end = columns.findIndex((column, at) => column !== order[at]?.field.name);
  return end < 0 ? columns.length : end;
}

/** Between them may stand what equals a value. */
function followsShardKey(
  { columns: [leading, ...rest] }: UsableIndex,
  { shardKey }: TableModel,
  equals: ReadonlySet<string>,
  lead: string,
): boolean {
  return leading === shardKey.name && rest.find((column) => column === null || !equals.has(column)) === lead;
}
