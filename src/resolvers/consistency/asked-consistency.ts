import { type ASTNode, type FieldNode, getDirectiveValues } from 'graphql';
import type { ConsistencyMode } from '../../model/types.ts';
import { badUserInput } from '../bad-user-input.ts';
import { consistencyDirective } from './consistency-directive.ts';

/** What a `@consistency` asks for. */
export interface AskedConsistency {
  readonly mode: ConsistencyMode;
  /** Null: the table's own bound. */
  readonly maxStalenessMs: number | null;
}

/** The longest life of an entry: a greater bound would ask for nothing more. */
const MAX_STALENESS_MS = 3_600_000;

type Directed = Pick<FieldNode, 'directives'>;
type Variables = Parameters<typeof getDirectiveValues>[2];

/**
 * What the directive of a node asks for; undefined without one.
 *
 * @throws ShardQLError BAD_USER_INPUT for a bound that is none, or that the mode does not take.
 */
export function ownConsistency(node: Directed, variables: Variables): AskedConsistency | undefined {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  const values = getDirectiveValues(consistencyDirective, node as ASTNode & Directed, variables) as
    | { readonly mode: ConsistencyMode; readonly maxStalenessMs?: number | null }
    | undefined;
  if (values === undefined) return undefined;
  const { mode, maxStalenessMs = null } = values;
  if (maxStalenessMs !== null && mode !== 'BOUNDED') {
    throw badUserInput(`Expected maxStalenessMs with the mode BOUNDED alone, but got it with ${mode}. Leave it out.`);
  }
  if (maxStalenessMs !== null && (maxStalenessMs < 1 || maxStalenessMs > MAX_STALENESS_MS)) {
    throw badUserInput(
      `Expected maxStalenessMs to be from 1 to ${MAX_STALENESS_MS} milliseconds, but got ${maxStalenessMs}.`,
    );
  }
  return { mode, maxStalenessMs };
}

/** What the fragments and fields around a collected field ask for. Collected fields are copies of their own, made for this. */
const inherited = new WeakMap<object, AskedConsistency>();

/** The field as it stands at this place of the document. */
export function placeField(node: FieldNode, outer: AskedConsistency | undefined): FieldNode {
  if (outer === undefined) return node;
  const copy = { ...node };
  inherited.set(copy, outer);
  return copy;
}

/** True for most fields: there is nothing to look at, neither on the field nor around it nor below it. */
export const asksNothing = (node: FieldNode): boolean =>
  node.selectionSet === undefined &&
  (node.directives === undefined || node.directives.length === 0) &&
  !inherited.has(node);

/** What holds for a field and all below it, unless something further inside says otherwise. */
export const askedConsistency = (node: Directed, variables: Variables): AskedConsistency | undefined =>
  ownConsistency(node, variables) ?? inherited.get(node);
