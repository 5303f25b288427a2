import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { MEMOS } from '../events/memo-counts.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { getOrInsert } from '../lib/get-or-insert.ts';
import type { Model } from '../model/types.ts';
import { MEMORY } from '../shards/isolate-memory.ts';
import type { AccessRules } from './access/access-rules.ts';
import { BoundOperation, type BoundValues, NOTHING_BOUND, type RunningOperation } from './bound-operation.ts';
import { compileOperation } from './compile-operation.ts';
import { lookupsOf } from './entities/representation.ts';
import { OperationShape } from './memory/operation-shape.ts';
import type { RequestValues } from './memory/value-origin.ts';
import { VariableUses } from './memory/variable-uses.ts';
import { allReads, type OperationPlan, readsOf } from './operation-plan.ts';
import type { PlanningScope } from './read-planner.ts';
import type { Operation } from './selection/selected-field.ts';
import { namedTables } from './tokens/node-id.ts';
import { type OperationInput, tablesOfOperations } from './transaction-operations.ts';

/** What a plan of an operation, and what writes its answers, take for each character of its reads' texts, about. */
const BYTES_PER_CHARACTER = 20;

/**
 * What it takes for each character of the document, at most: what is shown of a row for each alias, and the values of literals, are in no
 * text of a read. Measured in heaps after garbage collection: 15 for 450 aliases, 3 for a list of 4,000 literals.
 */
const BYTES_PER_DOCUMENT_CHARACTER = 16;

/**
 * The plans of a schema's operations, made or remembered. A plan depends on the operation, on who asks, and on what of the
 * variables decides its shape; values are put into it at each request.
 */
export class PlanCache {
  readonly #model: Model;
  readonly #remembered = new BoundedMap<string, OperationPlan>(MEMORY['operation-plans']);
  readonly #shapes = new WeakMap<OperationDefinitionNode, OperationShape>();
  #count = 0;
  /** Of the last operation: most have the same. */
  #scope: PlanningScope | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Plans one execution of an operation, for a caller with this access. */
  plan(running: RunningOperation, access: AccessRules): BoundOperation {
    const { operation, variableValues: variables } = running;
    const scope = this.#scopeOf(running.schema, access);
    const shape = getOrInsert(this.#shapes, operation, () => new OperationShape(this.#count++));
    const key = shape.keyOf(variables, access.key);
    const remembered = key === null ? undefined : this.#remembered.use(key);
    const bound = remembered && tryBind(remembered, { variables, claims: access.claims });
    if (bound !== undefined) {
      MEMOS.plans.hit();
      return new BoundOperation(scope, running, remembered!, bound);
    }
    MEMOS.plans.missed();
    return this.#make(scope, running, shape);
  }

  #make(scope: PlanningScope, running: RunningOperation, shape: OperationShape): BoundOperation {
    const { operation, fragments, variableValues: variables, schema } = running;
    const uses = new VariableUses();
    const asked: Operation = { schema, definition: operation, fragments, variables, uses };
    const plan = compileOperation(scope, asked);
    if (plan.isReusable) {
      shape.learn(uses.shapes(variables));
      const key = shape.keyOf(variables, scope.access.key);
      if (key !== null) {
        const bound: BoundValues = new Map(plan.bindings.map((values) => [values, [...values.ofMaking]]));
        for (const values of plan.bindings) values.release();
        this.#remembered.set(key, plan, weightOf(key, plan, operation));
        return new BoundOperation(scope, running, plan, bound);
      }
    }
    return new BoundOperation(scope, running, plan, NOTHING_BOUND);
  }

  #scopeOf(schema: GraphQLSchema, access: AccessRules): PlanningScope {
    if (this.#scope?.schema !== schema || this.#scope.access !== access) {
      this.#scope = {
        model: this.#model,
        access,
        schema,
        nodeTypes: this.#nodeTypes,
        entityLookups: this.#entityLookups,
        operationTypes: this.#operationTypes,
      };
    }
    return this.#scope;
  }

  /** As below. One operation stands for a list of it. */
  readonly #operationTypes = (operations: unknown): string => {
    const { shown, purged } = tablesOfOperations(this.#model, [operations].flat() as readonly OperationInput[]);
    return [shown, purged].map((tables) => tables.map(({ typeName }) => typeName).join(' ')).join();
  };

  /** One function, since shapes of values are compared by it. */
  readonly #nodeTypes = (nodeIds: unknown): string =>
    namedTables(this.#model, nodeIds)
      .map(({ typeName }) => typeName)
      .join(' ');

  /** One representation stands for a list of it. In one order, so that plans do not depend on that of the rows. */
  readonly #entityLookups = (representations: unknown): string =>
    [...lookupsOf(this.#model, [representations].flat()).keys()].sort().join();
}

/** Undefined where a value is wrong: a plan of its own then fails at the field that the value belongs to. */
function tryBind({ bindings }: OperationPlan, request: RequestValues): BoundValues | undefined {
  if (bindings.length === 0) return NOTHING_BOUND;
  try {
    return new Map(bindings.map((values) => [values, values.bind(request)]));
  } catch {
    return undefined;
  }
}

const weightOf = (key: string, plan: OperationPlan, { loc }: OperationDefinitionNode): number =>
  BYTES_PER_CHARACTER * (key.length + lengthOf(plan)) + BYTES_PER_DOCUMENT_CHARACTER * (loc?.source.body.length ?? 0);

const lengthOf = ({ fields }: OperationPlan): number => {
  let length = 0;
  for (const field of fields.values()) {
    for (const { plan } of readsOf(field).flatMap(allReads)) length += plan.compiled.text.length;
  }
  return length;
};

const EXTENSION = 'shardqlPlans';

/** The `extensions` of a schema that remember the plans of its operations. */
export const planExtensions = (model: Model): Record<string, PlanCache> => ({
  [EXTENSION]: new PlanCache(model),
});

/** Plans one execution of an operation of the schema, for a caller with this access. */
export const planOperation = (running: RunningOperation, access: AccessRules): BoundOperation =>
  (running.schema.extensions[EXTENSION] as PlanCache).plan(running, access);
