import type { GraphQLResolveInfo, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Model } from '../../model/types.ts';
import type { NodePlan } from '../../plans/node-plan.ts';
import { type Match, PlanMaker } from '../../plans/plan-maker.ts';
import { fixedConsistency } from '../../plans/selection/asked-consistency.ts';
import { planText } from '../../shards/client/plan-text.ts';
import { planVariableNames } from './variable-names.ts';

/** Total length of the texts of plans kept per isolate: made, they take some ten times as much memory. */
const MAX_PLAN_CHARACTERS = 1_000_000;

/** A plan, and what running it needs besides. */
export interface PlannedRead<Plan extends NodePlan> {
  readonly plan: Plan;
  readonly maker: Pick<PlanMaker, 'values' | 'idSets' | 'requirement' | 'isWhole'>;
}

/**
 * The plan of a root field, made or remembered: it depends on document, schema, the way its rows are matched and the
 * variables used, and on nothing else of the request. What is read by itself below it, or failed, belongs to one request
 * and is made anew, as is everything below other fields.
 *
 * @param match of the plan that `make` makes.
 */
export function plannedRead<Plan extends NodePlan>(
  model: Model,
  info: GraphQLResolveInfo,
  match: Match,
  make: (maker: PlanMaker) => Plan,
): PlannedRead<Plan> {
  const remembered = plansOf(info.schema);
  const key = info.path.prev === undefined ? remembered.keyOf(info, match) : null;
  const known = key === null ? undefined : remembered.plans.use(key);
  // The same field of the same document: the same kind of plan.
  if (known !== undefined) return known as PlannedRead<Plan>;
  const made = plannedAnew(model, info, match, make);
  if (key !== null && made.maker.isWhole) {
    remembered.plans.set(key, made, key.length + planText(made.plan.node).length);
  }
  return made;
}

/** The plan, made for this request alone. */
export function plannedAnew<Plan extends NodePlan>(
  model: Model,
  info: GraphQLResolveInfo,
  _match: Match,
  make: (maker: PlanMaker) => Plan,
): PlannedRead<Plan> {
  const { schema, fragments, variableValues } = info;
  const maker = new PlanMaker(model, { schema, fragments, variableValues }, fixedConsistency(info));
  return { plan: make(maker), maker };
}

interface KnownOperation {
  readonly id: number;
  readonly variables: readonly string[];
}

class RememberedPlans {
  readonly plans = new BoundedMap<string, PlannedRead<NodePlan>>(MAX_PLAN_CHARACTERS);
  readonly #operations = new WeakMap<OperationDefinitionNode, KnownOperation>();
  #count = 0;

  /** Null where values cannot be told apart by their JSON. */
  keyOf({ operation, fragments, path, variableValues }: GraphQLResolveInfo, { match }: Match): string | null {
    let known = this.#operations.get(operation);
    if (known === undefined) {
      known = { id: this.#count++, variables: planVariableNames(operation, fragments) };
      this.#operations.set(operation, known);
    }
    let key = `${known.id} ${path.key} ${match.join()}`;
    for (const name of known.variables) {
      // A variable that was left out is not one that is null.
      if (!Object.hasOwn(variableValues, name)) key += '\n-';
      else if (isJson(variableValues[name])) key += `\n${JSON.stringify(variableValues[name])}`;
      else return null;
    }
    return key;
  }
}

const rememberedBySchema = new WeakMap<GraphQLSchema, RememberedPlans>();

function plansOf(schema: GraphQLSchema): RememberedPlans {
  let remembered = rememberedBySchema.get(schema);
  if (remembered === undefined) {
    remembered = new RememberedPlans();
    rememberedBySchema.set(schema, remembered);
  }
  return remembered;
}

/** Users' scalars may be anything. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(isJson);
}
