import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getArgumentValues,
  type OperationDefinitionNode,
} from 'graphql';
import { getOrInsert } from '../lib/get-or-insert.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { BoundOperation } from './bound-operation.ts';
import type { OperationPlan } from './operation-plan.ts';
import type { VariableValues } from './selection/asked-consistency.ts';

/** A root field as the document has it. */
interface RootField {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
}

/**
 * By response key. Kept with the document, and not in the plan: a plan may be remembered for longer, and its weight in memory says
 * nothing of the document.
 */
const rootFieldsByPlan = memoizeByObject(
  (_: OperationDefinitionNode) => new WeakMap<OperationPlan, ReadonlyMap<string, RootField>>(),
);

/** What gives the coerced arguments of the root fields of an operation, by response key. */
export function argumentsOfRoot(
  bound: BoundOperation,
  operation: OperationDefinitionNode,
  variables: VariableValues,
): (key: string) => Readonly<Record<string, unknown>> {
  const fields = getOrInsert(rootFieldsByPlan(operation), bound.plan, () =>
    rootFieldsOf(bound, bound.scope.schema.getRootType(operation.operation)!),
  );
  return (key) => {
    const { definition, node } = fields.get(key)!;
    return getArgumentValues(definition, node, variables);
  };
}

const rootFieldsOf = (bound: BoundOperation, type: GraphQLObjectType): ReadonlyMap<string, RootField> =>
  new Map(
    bound
      .rootFields(type)
      .map(({ key, name, nodes }) => [key, { definition: type.getFields()[name]!, node: nodes[0]! }]),
  );
