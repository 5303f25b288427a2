/** Filters on related rows: looked at in the same shard, or, across shards, by the set of their keys. */

import type { RelationModel, TableModel } from '../../model/types.ts';
import { exists, type Filter, inKeys } from '../../shards/plan/filter.ts';
import { relatedRows } from '../../shards/plan/source.ts';
import { visibleRows } from '../access/visible-rows.ts';
import { rowsOfRelation } from '../rows-of-relation.ts';
import { addIdSet, type FilterParts, separateParts, type WirePart } from './id-set.ts';

/** How many rows of a to-many relation must match. */
export const QUANTIFIERS = ['some', 'every', 'none'] as const;
export type Quantifier = (typeof QUANTIFIERS)[number];

/** A filter on the rows of `target`, made with parts of the plan that reads them. Null: every row. */
type TargetFilter = (target: TableModel, parts: FilterParts) => Filter | null;

/** True for rows with at least one related row that the filter keeps; never unknown. */
export function hasRelated(
  source: TableModel,
  relation: RelationModel,
  makeFilter: TargetFilter,
  shardKey: WirePart | undefined,
  parts: FilterParts,
): Filter {
  const { model } = parts;
  const target = model.table(relation.targetType);
  if (relation.colocated) {
    const inner: FilterParts = { ...parts, computed: [] };
    return exists(rowsOfRelation(parts, relation, { filter: makeFilter(target, inner), computed: inner.computed }));
  }

  const { name, from, to, through } = relation;
  const targetParts = separateParts(parts);
  const filter = makeFilter(target, targetParts);
  const { computed } = targetParts;
  const targetRows = { relation: name, table: target, columns: to, filter, computed, shardKey, parts: targetParts };
  if (through === null) return inKeys(from, addIdSet(targetRows, parts));

  const join = model.table(through.type);
  const links = { relation: name, table: join, columns: through.from, computed: [] };
  if (through.colocatedWithTarget) {
    const rows = visibleRows(targetParts, target.typeName, { filter, computed });
    const linked = exists(relatedRows(rows, through.to, to));
    return inKeys(from, addIdSet({ ...links, filter: linked, shardKey, parts: targetParts }, parts));
  }
  if (isBeside(source, from, join, through.from)) {
    const linked = inKeys(through.to, addIdSet(targetRows, parts));
    return exists(relatedRows(visibleRows(parts, join.typeName, { filter: linked }), from, through.from));
  }
  const joinParts = separateParts(parts);
  const linked = inKeys(through.to, addIdSet(targetRows, joinParts));
  return inKeys(from, addIdSet({ ...links, filter: linked, shardKey: undefined, parts: joinParts }, parts));
}

/** Rows that agree in these columns lie in the same shard. */
const isBeside = (a: TableModel, columnsOfA: readonly string[], b: TableModel, columnsOfB: readonly string[]) =>
  a.domain === b.domain &&
  columnsOfA.some((column, at) => column === a.shardKey.name && columnsOfB[at] === b.shardKey.name);
