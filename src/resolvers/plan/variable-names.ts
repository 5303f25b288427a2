import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, visit } from 'graphql';

/** Arguments of root fields that say where rows are, not what is read of them: plans take them as keys. */
const KEY_ARGUMENTS: ReadonlySet<string> = new Set(['by', 'shardKey']);

/** Names of the variables that plans of an operation may depend on, each once. */
export function planVariableNames(
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly string[] {
  const names = new Set<string>();
  const roots: ReadonlySet<unknown> = new Set(operation.selectionSet.selections);
  const note = (part: OperationDefinitionNode | FragmentDefinitionNode) =>
    visit(part, {
      VariableDefinition: () => false,
      Argument: ({ name }, _key, _siblings, _path, ancestors) => {
        const field = ancestors.at(-1);
        const isRoot = roots.has(field) && (field as { readonly kind?: string }).kind === Kind.FIELD;
        return isRoot && KEY_ARGUMENTS.has(name.value) ? false : undefined;
      },
      Variable: ({ name }) => {
        names.add(name.value);
      },
    });
  note(operation);
  for (const fragment of Object.values(fragments)) note(fragment);
  return [...names];
}
