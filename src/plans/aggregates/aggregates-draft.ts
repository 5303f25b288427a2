import { type FieldNode, type GraphQLObjectType, getArgumentValues } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { PageShape } from '../../shards/plan.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { FilterBudget } from '../filter/filter-budget.ts';
import { MAX_GROUPINGS } from '../limits.ts';
import type { AggregatesPlan, PlanValues } from '../node-plan.ts';
import type { Operation } from '../selection/selection.ts';
import { AggregateSelection } from './aggregate-selection.ts';
import { type GroupByArguments, GroupsPlan } from './groups-plan.ts';
import { selectAggregates } from './select-aggregates.ts';

/** The aggregates of a connection in the making, while its selection is walked. */
export class AggregatesDraft {
  readonly #operation: Operation;
  readonly #table: TableModel;
  readonly #values: PlanValues;
  readonly #budget: FilterBudget;
  readonly #whole = new AggregateSelection();
  readonly #groups = new Map<string, GroupsPlan | Error>();
  #asksWhole = false;

  constructor(operation: Operation, table: TableModel, values: PlanValues, budget: FilterBudget) {
    this.#operation = operation;
    this.#table = table;
    this.#values = values;
    this.#budget = budget;
  }

  aggregate(nodes: readonly FieldNode[]): void {
    this.#asksWhole = true;
    const type = this.#objectType(`${this.#table.typeName}Aggregate`);
    selectAggregates(this.#operation, this.#table, type, nodes, (part, column) => {
      if (part !== 'keys') this.#whole.need(part, column);
    });
  }

  /** A wrong argument fails this field alone, at its own path. */
  groupBy(key: string, nodes: readonly FieldNode[]): void {
    const mark = this.#values.length;
    try {
      this.#groups.set(key, this.#groupsPlan(nodes));
    } catch (error) {
      this.#values.length = mark;
      if (!(error instanceof Error)) throw error;
      this.#groups.set(key, error);
    }
  }

  /** What shards are asked for. */
  get shape(): Pick<PageShape, 'aggregate' | 'groups'> {
    const groups = [...this.#groups.values()].flatMap((plan) => (plan instanceof Error ? [] : [plan.grouping]));
    return { ...(this.#asksWhole && { aggregate: this.#whole.measures }), ...(groups.length > 0 && { groups }) };
  }

  finish(): AggregatesPlan {
    let position = 0;
    const groups = [...this.#groups].map(
      ([key, plan]) => [key, plan instanceof Error ? plan : { plan, position: position++ }] as const,
    );
    return { whole: this.#whole, groups: new Map(groups) };
  }

  #groupsPlan(nodes: readonly FieldNode[]): GroupsPlan {
    if (this.#groups.size >= MAX_GROUPINGS) {
      throw badUserInput(`Expected at most ${MAX_GROUPINGS} groupBy fields of one list, but got more.`);
    }
    const field = this.#objectType(`${this.#table.typeName}Connection`).getFields().groupBy!;
    const args = getArgumentValues(field, nodes[0]!, this.#operation.variableValues) as unknown as GroupByArguments;
    const plan = new GroupsPlan(this.#table, args, this.#values, this.#budget);
    const type = this.#objectType(`${this.#table.typeName}Group`);
    selectAggregates(this.#operation, this.#table, type, nodes, (part, column, path) => plan.need(part, column, path));
    return plan;
  }

  #objectType(name: string): GraphQLObjectType {
    return this.#operation.schema.getType(name) as GraphQLObjectType;
  }
}
