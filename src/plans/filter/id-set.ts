import type { Model, TableModel, WireValue } from '../../model/types.ts';
import type { ComputedColumn, Filter, PlanNode, ValueRef } from '../../shards/plan.ts';
import { SORT_ORDERS } from '../arguments/order.ts';
import { firstRows } from '../first-rows.ts';
import { MAX_ID_SET_KEYS } from '../limits.ts';
import type { PlanValues } from '../node-plan.ts';

/**
 * Keys of rows on other shards, by which a filter finds its own rows. The shards cannot see each other, so a set is read
 * first (`fill-id-sets.ts`) and then travels as one value of the plan whose filter needs it.
 */
export interface IdSet {
  /** Name of the relation, for messages. */
  readonly relation: string;
  /** Reads the keys, each once. */
  readonly node: PlanNode;
  readonly values: PlanValues;
  /** Wire value of the one shard key that the rows have, if the filter says so. */
  readonly shardKey: Exclude<WireValue, null> | undefined;
  /** Sets that `node` itself needs: read before it, into `values`. */
  readonly inner: readonly IdSet[];
  /** Where the keys go. */
  readonly target: { readonly values: PlanValues; readonly ref: ValueRef };
  /** Takes the reason why there is no set, so that only the field fails that it belongs to; null: whoever reads fails. */
  onFailure: ((error: Error) => void) | null;
}

/** What the filters of a plan need besides their shape. */
export interface FilterParts {
  readonly model: Model;
  readonly values: PlanValues;
  readonly idSets: IdSet[];
  /** Columns that the filter uses besides those of the table. */
  readonly computed: ComputedColumn[];
}

export const newFilterParts = (model: Model): FilterParts => ({ model, values: [], idSets: [], computed: [] });

/** What tells the rows of a set. */
export interface IdSetRows {
  readonly relation: string;
  readonly table: TableModel;
  /** Whose values are the keys. */
  readonly columns: readonly string[];
  readonly filter: Filter | null;
  readonly computed: readonly ComputedColumn[];
  readonly shardKey: IdSet['shardKey'];
  /** Of `filter`. */
  readonly parts: FilterParts;
}

/** Asks for a set; gives the place of its keys among the values. Until it is read, there are none. */
export function addIdSet(rows: IdSetRows, { values, idSets }: FilterParts): ValueRef {
  const { relation, table, columns, filter, computed, shardKey, parts } = rows;
  const given = columns
    .filter((name) => !table.columnByName.get(name)!.notNull)
    .map((column): Filter => ({ op: 'isNull', column, isNull: false }));
  const terms = filter ? [...given, filter] : given;
  const node: PlanNode = {
    table: table.typeName,
    match: shardKey === undefined ? [] : [table.shardKey.name],
    through: null,
    computed,
    columns,
    filter: terms.length > 1 ? { op: 'and', terms } : (terms[0] ?? null),
    page: {
      ...firstRows(
        columns.map((column) => ({ column, ...SORT_ORDERS.ASC })),
        parts.values.push(MAX_ID_SET_KEYS) - 1,
      ),
      distinct: true,
    },
    relations: [],
  };
  const ref = values.push([]) - 1;
  const target = { values, ref };
  idSets.push({ relation, node, values: parts.values, shardKey, inner: parts.idSets, target, onFailure: null });
  return ref;
}
