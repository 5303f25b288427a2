import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode } from 'graphql';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';

/**
 * The operation of a document that is asked for, by GraphQL's `GetOperation`.
 *
 * @throws ShardQLError BAD_USER_INPUT if the document has none of that name, or several and no name is given.
 */
export function operationOf({ definitions }: DocumentNode, name: string | null): OperationDefinitionNode {
  const [first] = definitions;
  // Nearly all requests end here.
  if (
    definitions.length === 1 &&
    first!.kind === Kind.OPERATION_DEFINITION &&
    (name ?? first.name?.value) === first.name?.value
  )
    return first;
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (name === null) {
    if (operations.length === 1) return operations[0]!;
    throw badUserInput(
      operations.length === 0
        ? 'Expected a document with an operation, but got none.'
        : `Expected operationName to be one of ${namesOf(operations)}, but got none.`,
    );
  }
  const found = operations.find((operation) => operation.name?.value === name);
  if (found) return found;
  throw badUserInput(
    `Expected operationName to be ${operations.length > 1 ? `one of ${namesOf(operations)}` : `${namesOf(operations)} or left out`}, but got ${shown(name)}.`,
  );
}

/** By name. */
export const fragmentsOf = memoizeByObject(
  ({ definitions }: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> => {
    const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
    for (const each of definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
    return fragments;
  },
);

const namesOf = (operations: readonly OperationDefinitionNode[]): string =>
  operations.length === 0
    ? 'that of an operation'
    : operations
        .map((operation) => (operation.name ? shown(operation.name.value) : 'that of an unnamed one'))
        .join(', ');

const MAX_SHOWN_CHARACTERS = 100;

/** Names come from the request, so long ones are cut. */
const shown = (name: string): string =>
  JSON.stringify(name.length > MAX_SHOWN_CHARACTERS ? `${name.slice(0, MAX_SHOWN_CHARACTERS)}…` : name);
