import { type FieldNode, Kind, type SelectionSetNode } from 'graphql';
import { type AskedConsistency, askedConsistency, ownConsistency } from '../selection/asked-consistency.ts';
import type { Operation } from '../selection/selection.ts';

/**
 * What the leaves below a field ask for, each once: the innermost `@consistency` around each. For parts of a selection
 * that show no rows, so that their types and conditions do not matter.
 */
export function leafConsistencies(operation: Operation, node: FieldNode): ReadonlySet<AskedConsistency | undefined> {
  const found = new Set<AskedConsistency | undefined>();
  const asked = askedConsistency(node, operation.variableValues);
  if (node.selectionSet) collect(found, new Set(), operation, node.selectionSet, asked);
  else found.add(asked);
  return found;
}

function collect(
  found: Set<AskedConsistency | undefined>,
  seen: Set<string>,
  operation: Operation,
  { selections }: SelectionSetNode,
  outer: AskedConsistency | undefined,
): void {
  for (const selection of selections) {
    const asked = ownConsistency(selection, operation.variableValues) ?? outer;
    let inner: SelectionSetNode | undefined;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = `${selection.name.value} ${asked?.mode} ${asked?.maxStalenessMs}`;
      inner = seen.has(name) ? undefined : operation.fragments[selection.name.value]?.selectionSet;
      seen.add(name);
    } else {
      inner = selection.selectionSet;
      if (inner === undefined) found.add(asked);
    }
    if (inner !== undefined) collect(found, seen, operation, inner, asked);
  }
}
