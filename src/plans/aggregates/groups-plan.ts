import { isTimeZone } from '../../lib/time-zone.ts';
import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import type { DateTrunc, Grouping, GroupKey } from '../../shards/plan/aggregate.ts';
import { SORT_ORDERS, type SortOrder } from '../arguments/order.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { FilterBudget } from '../filter/filter-budget.ts';
import type { WhereInput } from '../filter/filter-terms.ts';
import { DEFAULT_GROUPS, MAX_GROUP_KEYS, MAX_SHOWN_GROUPS } from '../limits.ts';
import type { PlanValues } from '../plan-values.ts';
import { AggregateSelection } from './aggregate-selection.ts';
import { compareNumbers, comparePart, type GroupPart, type GroupValues } from './group-values.ts';
import { havingCondition } from './having.ts';

/** Arguments of `groupBy` after GraphQL's own checks; null means left out. */
export interface GroupByArguments {
  readonly by: readonly {
    readonly field: string;
    readonly trunc?: DateTrunc | null;
    readonly timeZone?: string | null;
  }[];
  readonly having?: WhereInput | null;
  /** Each entry names one thing (`@oneOf`): `count`, or a part and in it one column. */
  readonly orderBy?: readonly Readonly<Record<string, SortOrder | Readonly<Record<string, SortOrder>>>>[] | null;
  readonly first?: number | null;
}

/** Order of groups, as `Array.sort` takes it. */
type Compare = (a: GroupValues, b: GroupValues) => number;

/** One `groupBy`: what shards are asked for, and which of their merged groups are shown. */
export class GroupsPlan {
  readonly selection = new AggregateSelection();
  /** Names of the columns whose values make groups. */
  readonly columns: readonly string[];
  /** Null: every group is kept. */
  readonly keeps: ((group: GroupValues) => boolean) | null;
  readonly compare: Compare;
  /** How many are shown at most. */
  readonly first: number;
  readonly #table: TableModel;
  readonly #keys: readonly GroupKey[];

  /** @throws ShardQLError BAD_USER_INPUT for arguments that contradict each other or the table. */
  constructor(table: TableModel, args: GroupByArguments, values: PlanValues, budget: FilterBudget) {
    this.#table = table;
    this.first = firstGroups(args.first ?? DEFAULT_GROUPS);
    this.#keys = groupKeys(table, args.by, values);
    this.columns = this.#keys.map(({ column }) => column);
    const need = (part: GroupPart, column: ColumnModel, path: string) => this.need(part, column, path);
    this.keeps = args.having ? havingCondition(table, args.having, need, budget) : null;
    this.compare = this.#order(args.orderBy ?? []);
  }

  get grouping(): Grouping {
    return { keys: this.#keys, measures: this.selection.measures };
  }

  /** A part of groups is selected, or decides which are shown. */
  need(part: GroupPart, column: ColumnModel, path: string): void {
    if (part !== 'keys') {
      this.selection.need(part, column);
      return;
    }
    if (this.columns.includes(column.name)) return;
    throw badUserInput(`Expected ${path} to be one of the columns in by, but got ${column.name}. Add it to by.`, {
      table: this.#table.typeName,
      field: column.name,
    });
  }

  /** What is asked for, then the keys, so that no two groups are equal. */
  #order(orderBy: NonNullable<GroupByArguments['orderBy']>): Compare {
    const seen = new Set<string>();
    const requireNew = (value: string) => {
      if (seen.has(value)) {
        const message = `Expected each value once in orderBy, but got ${value} again. Name it once.`;
        throw badUserInput(message, { table: this.#table.typeName });
      }
      seen.add(value);
    };
    const compares = orderBy.map((entry, index) => {
      const [[part, order]] = Object.entries(entry) as [[string, SortOrder | Record<string, SortOrder>]];
      const path = `orderBy.${index}.${part}`;
      if (order === null) throw badUserInput(`Expected a direction at ${path}, but got null.`);
      if (typeof order === 'string') {
        requireNew(part);
        return by((group) => group.count, compareNumbers, order);
      }
      const [[name, direction]] = Object.entries(order) as [[string, SortOrder]];
      requireNew(`${part}.${name}`);
      return this.#byPart(part as GroupPart, name, direction, path);
    });
    compares.push(...this.columns.map((name) => this.#byPart('keys', name, 'ASC', 'orderBy')));
    return (a, b) => {
      for (const compare of compares) {
        const order = compare(a, b);
        if (order !== 0) return order;
      }
      return 0;
    };
  }

  #byPart(part: GroupPart, name: string, order: SortOrder, path: string): Compare {
    const column = this.#table.columnByName.get(name)!;
    this.need(part, column, path);
    return by((group) => group.part(part, column), comparePart(part, column), order);
  }
}

function by(
  pick: (group: GroupValues) => WireValue,
  compare: (a: Exclude<WireValue, null>, b: Exclude<WireValue, null>) => number,
  order: SortOrder,
): Compare {
  const { descending, nullsFirst } = SORT_ORDERS[order];
  return (groupA, groupB) => {
    const a = pick(groupA);
    const b = pick(groupB);
    if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
    return descending ? compare(b, a) : compare(a, b);
  };
}

function groupKeys(table: TableModel, by: GroupByArguments['by'], values: PlanValues): GroupKey[] {
  if (by.length === 0 || by.length > MAX_GROUP_KEYS) {
    throw badUserInput(
      `Expected 1 to ${MAX_GROUP_KEYS} columns in by, but got ${by.length}.${by.length === 0 ? ' Use aggregate for all rows together.' : ''}`,
    );
  }
  const seen = new Set<string>();
  return by.map(({ field, trunc = null, timeZone = null }, index) => {
    const details = { table: table.typeName, field };
    if (seen.has(field)) throw badUserInput(`Expected each column once in by, but got ${field} again.`, details);
    seen.add(field);
    if (trunc !== null && table.columnByName.get(field)!.scalar !== 'DateTime') {
      throw badUserInput(`Expected trunc on a DateTime column, but got it on ${field} (by.${index}).`, details);
    }
    if (timeZone === null) return { column: field, trunc, timeZone: null };
    if (trunc === null) {
      throw badUserInput(`Expected timeZone together with trunc, but got it alone (by.${index}). Add trunc.`, details);
    }
    if (!isTimeZone(timeZone)) {
      const shown = JSON.stringify(timeZone.slice(0, 64));
      throw badUserInput(`Expected timeZone to be an IANA name, such as "Europe/Berlin", but got ${shown}.`, details);
    }
    return { column: field, trunc, timeZone: timeZone === 'UTC' ? null : values.add(timeZone) };
  });
}

function firstGroups(first: number): number {
  if (first >= 0 && first <= MAX_SHOWN_GROUPS) return first;
  throw badUserInput(`Expected first to be from 0 to ${MAX_SHOWN_GROUPS}, but got ${first}.`);
}
