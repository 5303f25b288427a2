import type { GraphQLObjectType, GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { matchOn } from '../shards/plan/node.ts';
import type { PlanValue } from '../shards/plan/value.ts';
import { compileField } from './compile-operation.ts';
import { VariableUses } from './memory/variable-uses.ts';
import type { OneNodePlan, ReadPlan } from './node-plan.ts';
import type { FieldPlan, OperationPlan } from './operation-plan.ts';
import type { PlanValues } from './plan-values.ts';
import { type PlanningScope, planOne } from './read-planner.ts';
import { authorsConsistency } from './selection/asked-consistency.ts';
import { type DocumentField, rootField } from './selection/selected-field.ts';

type Path = GraphQLResolveInfo['path'];

/** What of a running operation its plan is made from. */
export type RunningOperation = Pick<GraphQLResolveInfo, 'schema' | 'operation' | 'fragments' | 'variableValues'>;

export type BoundValues = ReadonlyMap<PlanValues, PlanValue[]>;

export const NOTHING_BOUND: BoundValues = new Map();

/** The plan of an operation with the values of one execution. */
export class BoundOperation {
  readonly plan: OperationPlan;
  readonly scope: PlanningScope;
  readonly kind: 'query' | 'mutation' | 'subscription';
  #running: RunningOperation;
  #handover: 'none' | 'open' | 'taken' = 'none';
  readonly #bound: BoundValues;
  #root: DocumentField | undefined;
  #kept: Map<string, unknown> | undefined;

  constructor(scope: PlanningScope, running: RunningOperation, plan: OperationPlan, bound: BoundValues) {
    this.scope = scope;
    this.kind = running.operation.operation;
    this.plan = plan;
    this.#running = running;
    this.#bound = bound;
  }

  /**
   * The plan of the root field at a path: of the operation, or of an object that users' code gave, below which nothing is
   * planned before it is asked for.
   */
  at(path: Path): FieldPlan {
    if (path.prev !== undefined) {
      return this.keptAt(path, 'plan', () => compileField(this.scope, this.#typeOf(path), this.selectionAt(path)));
    }
    const { fields, failure } = this.plan;
    return failure === null ? fields.get(path.key as string)! : { kind: 'failed', error: failure };
  }

  /** The next execution of the operation is the one that this is the plan of: it will coerce the variables once more. */
  handOver(): void {
    this.#handover = 'open';
  }

  /** Whether its answer is shown by another than who planned it. */
  get wasHandedOver(): boolean {
    return this.#handover !== 'none';
  }

  /** True if this is the plan of the execution with these variables, of which each has its own object. */
  isOf(running: RunningOperation): boolean {
    if (this.#handover === 'open' && this.#running.operation === running.operation) {
      this.#running = running;
      this.#handover = 'taken';
    }
    return this.#running.variableValues === running.variableValues;
  }

  /** What the document selects of a root type. */
  rootFields(type: GraphQLObjectType): readonly DocumentField[] {
    return this.#rootField().fields(type);
  }

  /** What the document selects at a path. */
  selectionAt(path: Path): DocumentField {
    if (typeof path.key === 'number') return this.selectionAt(path.prev!);
    const parent = path.prev === undefined ? this.#rootField() : this.selectionAt(path.prev);
    return parent.fields(this.#typeOf(path)).find(({ key }) => key === path.key)!;
  }

  /** The plan that reads rows of a table, by primary key, as a field of users' code shows them. */
  rowsAt(path: Path, table: TableModel): ReadPlan<OneNodePlan> {
    const fixed = authorsConsistency(this.kind, undefined);
    return planOne(this.scope, table, matchOn(table.primaryKey.names), this.selectionAt(path), { fixed });
  }

  /** What is kept for a place of this execution: made once, for all rows of a level. */
  keptAt<Kept>(path: Path, name: string, make: () => Kept): Kept {
    const key = `${name}\n${placeOf(path)}`;
    this.#kept ??= new Map();
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key) as Kept;
  }

  /** The values of a plan in this execution; those that are read first are missing. */
  valuesOf({ values }: Pick<ReadPlan, 'values'>): readonly PlanValue[] {
    return this.#bound.get(values) ?? values.ofMaking;
  }

  #rootField(): DocumentField {
    const { schema, operation, fragments, variableValues } = this.#running;
    const uses = new VariableUses();
    this.#root ??= rootField({ schema, definition: operation, fragments, variables: variableValues, uses });
    return this.#root;
  }

  #typeOf({ typename }: Path): GraphQLObjectType {
    return this.scope.schema.getType(typename!) as GraphQLObjectType;
  }
}

/** Response keys and types from the root: the same for all rows of a list that have one type. */
function placeOf(path: Path): string {
  const steps: string[] = [];
  for (let part: Path | undefined = path; part !== undefined; part = part.prev) {
    if (typeof part.key === 'string') steps.push(`${part.typename}.${part.key}`);
  }
  return steps.join('\n');
}
