import { type GraphQLObjectType, type GraphQLSchema, getNamedType } from 'graphql';
import type { ColumnModel, TableModel } from '../../model/types.ts';
import type { PageShape } from '../../shards/plan/page.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { FilterBudget } from '../filter/filter-budget.ts';
import { MAX_GROUPINGS } from '../limits.ts';
import type { AggregatesPlan, ShownMeasure, ShownPartField } from '../node-plan.ts';
import type { PlanValues } from '../plan-values.ts';
import { plainField } from '../row-field.ts';
import type { SelectedField } from '../selection/selected-field.ts';
import { AggregateSelection, isMeasureName } from './aggregate-selection.ts';
import type { GroupPart } from './group-values.ts';
import { type GroupByArguments, GroupsPlan } from './groups-plan.ts';

/** The aggregates of a connection in the making, while its selection is walked. */
export class AggregatesDraft {
  readonly #schema: GraphQLSchema;
  readonly #table: TableModel;
  readonly #values: PlanValues;
  readonly #budget: FilterBudget;
  readonly #whole = new AggregateSelection();
  readonly #groups = new Map<string, GroupsPlan | Error>();
  #asksWhole = false;

  constructor(schema: GraphQLSchema, table: TableModel, values: PlanValues, budget: FilterBudget) {
    this.#schema = schema;
    this.#table = table;
    this.#values = values;
    this.#budget = budget;
  }

  /** Gives what is shown. */
  aggregate(field: SelectedField): readonly ShownMeasure[] {
    this.#asksWhole = true;
    return this.#select(this.#objectType(`${this.#table.typeName}Aggregate`), field, (part, column) => {
      if (part !== 'keys') this.#whole.need(part, column);
    });
  }

  /** A wrong argument fails this field alone, at its own path: then nothing is shown. */
  groupBy(field: SelectedField): readonly ShownMeasure[] {
    const mark = this.#values.length;
    try {
      const { plan, shown } = this.#groupsPlan(field);
      this.#groups.set(field.key, plan);
      return shown;
    } catch (error) {
      this.#values.truncate(mark);
      if (!(error instanceof Error)) throw error;
      this.#groups.set(field.key, error);
      return [];
    }
  }

  /** What shards are asked for. */
  get shape(): Pick<PageShape, 'aggregate' | 'groups'> {
    const groups = [...this.#groups.values()].flatMap((plan) => (plan instanceof Error ? [] : [plan.grouping]));
    return { ...(this.#asksWhole && { aggregate: this.#whole.measures }), ...(groups.length > 0 && { groups }) };
  }

  build(): AggregatesPlan {
    let position = 0;
    const groups = [...this.#groups].map(
      ([key, plan]) => [key, plan instanceof Error ? plan : { plan, position: position++ }] as const,
    );
    return { whole: this.#whole, groups: new Map(groups) };
  }

  #groupsPlan(field: SelectedField): { readonly plan: GroupsPlan; readonly shown: readonly ShownMeasure[] } {
    if (this.#groups.size >= MAX_GROUPINGS) {
      throw badUserInput(`Expected at most ${MAX_GROUPINGS} groupBy fields of one list, but got more.`);
    }
    const { values } = field.argumentsOf(this.#objectType(`${this.#table.typeName}Connection`));
    const plan = new GroupsPlan(this.#table, values as unknown as GroupByArguments, this.#values, this.#budget);
    const shown = this.#select(this.#objectType(`${this.#table.typeName}Group`), field, (part, column) =>
      plan.need(part, column, part),
    );
    return { plan, shown };
  }

  /** Calls `need` for all parts and columns that are selected below a field, whose type is an aggregate or a group. */
  #select(
    type: GraphQLObjectType,
    field: SelectedField,
    need: (part: GroupPart, column: ColumnModel) => void,
  ): ShownMeasure[] {
    return field.fields(type).map((selected): ShownMeasure => {
      const { key, name: part } = selected;
      if (part === 'count') return { key, kind: 'count' };
      if (part !== 'keys' && !isMeasureName(part)) return plainField(type.name, selected);
      const columns = getNamedType(type.getFields()[part]!.type) as GraphQLObjectType;
      const fields = selected.fields(columns).map((field): ShownPartField => {
        const column = this.#table.columnByName.get(field.name);
        if (column === undefined) return plainField(columns.name, field);
        need(part, column);
        return { key: field.key, kind: 'column', column };
      });
      return { key, kind: 'part', part, fields };
    });
  }

  #objectType(name: string): GraphQLObjectType {
    return this.#schema.getType(name) as GraphQLObjectType;
  }
}
