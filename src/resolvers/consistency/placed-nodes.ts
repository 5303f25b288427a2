import {
  BREAK,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { collectFields, type SelectedFields } from '../../plans/selection/selection.ts';

const mentionsByOperation = new WeakMap<OperationDefinitionNode, boolean>();
/** One execution has one object of variables. Fields by the place that they are selected at. */
const fieldsByExecution = new WeakMap<object, Map<string, SelectedFields>>();

type Path = GraphQLResolveInfo['path'];

/**
 * The nodes of a field as they stand in the document: with what the operation, fields and fragments around them ask of
 * `@consistency`, which the executor does not tell.
 */
export function placedNodes(info: GraphQLResolveInfo): readonly FieldNode[] {
  // What users' code reads for its field is in no place of the document; its nodes were placed when they were made.
  if (typeof info.path.key === 'number' || !mentionsConsistency(info)) return info.fieldNodes;
  return nodesAt(info, info.path);
}

function nodesAt(info: GraphQLResolveInfo, { prev, key, typename }: Path): readonly FieldNode[] {
  // Places in lists select nothing.
  if (typeof key === 'number') return nodesAt(info, prev!);
  let fieldsByPlace = fieldsByExecution.get(info.variableValues);
  if (fieldsByPlace === undefined) {
    fieldsByPlace = new Map();
    fieldsByExecution.set(info.variableValues, fieldsByPlace);
  }
  const place = placeOf(prev, typename);
  let fields = fieldsByPlace.get(place);
  if (fields === undefined) {
    const type = info.schema.getType(typename!) as GraphQLObjectType;
    fields = collectFields(info, type, prev === undefined ? [rootNode(info)] : nodesAt(info, prev));
    fieldsByPlace.set(place, fields);
  }
  return fields.get(key)!;
}

function rootNode({ operation: { selectionSet, directives } }: GraphQLResolveInfo): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '' }, selectionSet, directives };
}

/** Response keys and types from the root: the same for all rows of a list that have one type. */
function placeOf(prev: Path | undefined, typename: string | undefined): string {
  const steps = [typename];
  for (let path = prev; path !== undefined; path = path.prev) {
    if (typeof path.key === 'string') steps.push(path.key, path.typename);
  }
  return steps.join('\n');
}

function mentionsConsistency({ operation, fragments }: GraphQLResolveInfo): boolean {
  let mentions = mentionsByOperation.get(operation);
  if (mentions === undefined) {
    mentions = [operation, ...Object.values(fragments)].some(holdsConsistency);
    mentionsByOperation.set(operation, mentions);
  }
  return mentions;
}

function holdsConsistency(definition: OperationDefinitionNode | GraphQLResolveInfo['fragments'][string]): boolean {
  let holds = false;
  visit(definition, {
    Directive(node) {
      holds ||= node.name.value === 'consistency';
      return holds ? BREAK : undefined;
    },
  });
  return holds;
}
