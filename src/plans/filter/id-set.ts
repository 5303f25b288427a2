import type { TableModel, WireValue } from '../../model/types.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import type { ComputedColumn } from '../../shards/plan/computed.ts';
import { allOf, type Filter, notNull } from '../../shards/plan/filter.ts';
import { matchOn, type PageNode, pageNode } from '../../shards/plan/node.ts';
import { firstRows } from '../../shards/plan/page.ts';
import type { ValueRef } from '../../shards/plan/value.ts';
import { type PlanScope, visibleRows } from '../access/visible-rows.ts';
import { SORT_ORDERS } from '../arguments/order.ts';
import { MAX_ID_SET_KEYS } from '../limits.ts';
import { type ArgumentPart, PlanValues, type ValueSource } from '../plan-values.ts';

/**
 * Keys of rows on other shards, by which a filter finds its own rows. The shards cannot see each other, so a set is read
 * first and then travels as one value of the plan whose filter needs it.
 */
export interface IdSet {
  /** Name of the relation, for messages. */
  readonly relation: string;
  /** Reads the keys, each once. */
  readonly plan: CompiledPlan<PageNode>;
  readonly values: PlanValues;
  /** The one shard key that the rows have, if the filter names one: the number of its wire value among `values`. */
  readonly shardKey: ValueRef | null;
  /** Sets that `plan` itself needs: read before it. */
  readonly inner: readonly IdSet[];
  /** Where the keys go, among the values of the plan that needs them. */
  readonly ref: ValueRef;
  /** The plan of the relation whose filter it is: without the set, that field fails alone. Null: the whole read fails. */
  owner: object | null;
}

/** A wire value that the arguments give. */
export type WirePart = ArgumentPart & { readonly toValue: (given: unknown) => Exclude<WireValue, null> };

/** What the filters of a plan need besides their shape. */
export interface FilterParts extends PlanScope {
  /** Where its values come from. */
  readonly args: ValueSource;
  readonly idSets: IdSet[];
  /** Columns that the filter uses besides those of the table. */
  readonly computed: ComputedColumn[];
}

/** For a filter that travels in a plan of its own. */
export const separateParts = ({ model, access, args }: FilterParts): FilterParts => ({
  model,
  access,
  args,
  values: new PlanValues(),
  idSets: [],
  computed: [],
});

/** What defines the rows of a set. */
interface IdSetRows {
  readonly relation: string;
  readonly table: TableModel;
  /** Whose values are the keys. */
  readonly columns: readonly string[];
  readonly filter: Filter | null;
  readonly computed: readonly ComputedColumn[];
  /** The one shard key that they have. */
  readonly shardKey: WirePart | undefined;
  /** Of `filter`. */
  readonly parts: FilterParts;
}

/** Asks for a set; gives the place of its keys among the values. Until it is read, there are none. */
export function addIdSet(rows: IdSetRows, { values, idSets }: FilterParts): ValueRef {
  const { relation, table, columns, filter, computed, shardKey, parts } = rows;
  const given = columns.filter((name) => !table.columnByName.get(name)!.notNull).map(notNull);
  const terms = allOf(filter ? [...given, filter] : given);
  const source = visibleRows(parts, table.typeName, { filter: terms, computed });
  const order = columns.map((column) => ({ column, ...SORT_ORDERS.ASC }));
  const page = { ...firstRows(order, parts.values.add(MAX_ID_SET_KEYS)), distinct: true as const };
  const match = matchOn(shardKey === undefined ? [] : [table.shardKey.name]);
  const plan = compilePlan(pageNode(source, { ...match, columns }, page));
  const ref = values.add([]);
  const ofShardKey = shardKey === undefined ? null : parts.values.addPart(shardKey, shardKey.toValue);
  idSets.push({ relation, plan, values: parts.values, shardKey: ofShardKey, inner: parts.idSets, ref, owner: null });
  return ref;
}
