import { BREAK, type FieldNode, type GraphQLResolveInfo, Kind, type OperationDefinitionNode, visit } from 'graphql';
import { collectFields, type SelectedFields } from '../plan/selection.ts';

const mentionsByOperation = new WeakMap<OperationDefinitionNode, boolean>();
/** One execution has one object of variables. */
const fieldsByExecution = new WeakMap<object, SelectedFields>();

/**
 * The nodes of a root field as they stand in the document: with what the operation and fragments around them ask of
 * `@consistency`, which the executor does not tell.
 */
export function rootFieldNodes(info: GraphQLResolveInfo): readonly FieldNode[] {
  if (info.path.prev !== undefined || !mentionsConsistency(info)) return info.fieldNodes;
  let fields = fieldsByExecution.get(info.variableValues);
  if (fields === undefined) {
    const { selectionSet, directives } = info.operation;
    const root: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '' }, selectionSet, directives };
    fields = collectFields(info, info.parentType, [root]);
    fieldsByExecution.set(info.variableValues, fields);
  }
  return fields.get(String(info.path.key))!;
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
