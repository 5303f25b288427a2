import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import { type AskedConsistency, askedConsistency, ownConsistency, placeField } from './asked-consistency.ts';

/** The parts of a running operation that a selection depends on. */
export type Operation = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** Fields by response key; several nodes where the document names one field more than once. */
export type SelectedFields = Map<string, FieldNode[]>;

/**
 * The fields that are selected below `nodes` if the value is of type `type`: fragments opened, `@skip` and `@include`
 * applied, equal response keys merged, `@consistency` handed down. As CollectFields of the GraphQL specification (6.3.2).
 */
export function collectFields(
  operation: Operation,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): SelectedFields {
  const fields: SelectedFields = new Map();
  const seenFragments = new Set<string>();
  for (const node of nodes) {
    if (!node.selectionSet) continue;
    const asked = askedConsistency(node, operation.variableValues);
    collectInto(fields, seenFragments, operation, type, node.selectionSet, asked);
  }
  return fields;
}

function collectInto(
  fields: SelectedFields,
  seenFragments: Set<string>,
  operation: Operation,
  type: GraphQLObjectType,
  selectionSet: SelectionSetNode,
  asked: AskedConsistency | undefined,
): void {
  for (const selection of selectionSet.selections) {
    if (!isIncluded(operation, selection)) continue;
    switch (selection.kind) {
      case Kind.FIELD: {
        const key = selection.alias?.value ?? selection.name.value;
        const merged = fields.get(key);
        const placed = placeField(selection, asked);
        if (merged) merged.push(placed);
        else fields.set(key, [placed]);
        break;
      }
      case Kind.INLINE_FRAGMENT:
        if (appliesTo(operation, type, selection.typeCondition)) {
          const inside = ownConsistency(selection, operation.variableValues) ?? asked;
          collectInto(fields, seenFragments, operation, type, selection.selectionSet, inside);
        }
        break;
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = operation.fragments[name];
        const inside = ownConsistency(selection, operation.variableValues) ?? asked;
        // Spread twice, it is collected once, unless it is to be read in two ways: then the stricter has to be known.
        const seen = inside === undefined ? name : `${name} ${inside.mode} ${inside.maxStalenessMs}`;
        if (!fragment || seenFragments.has(seen)) break;
        seenFragments.add(seen);
        if (appliesTo(operation, type, fragment.typeCondition)) {
          collectInto(fields, seenFragments, operation, type, fragment.selectionSet, inside);
        }
      }
    }
  }
}

function isIncluded({ variableValues }: Operation, selection: SelectionNode): boolean {
  if (!selection.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if !== false;
}

function appliesTo({ schema }: Operation, type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
  if (!condition || condition.name.value === type.name) return true;
  const conditionType = schema.getType(condition.name.value);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
