import { type ASTNode, type FieldNode, type GraphQLResolveInfo, getDirectiveValues } from 'graphql';
import { CONSISTENCY_MODES, type ConsistencyMode } from '../../model/types.ts';
import { badUserInput } from '../bad-user-input.ts';
import { consistencyDirective } from './consistency-directive.ts';

/** What a `@consistency` asks for. */
export interface AskedConsistency {
  readonly mode: ConsistencyMode;
  /** Null: the table's own bound. */
  readonly maxStalenessMs: number | null;
}

/** The same as it is given: by the directive, or by users' code. */
export interface ConsistencyArguments {
  readonly mode: ConsistencyMode;
  /** For BOUNDED alone, from 1 to 3,600,000 milliseconds. Default: the table's own bound. */
  readonly maxStalenessMs?: number | null | undefined;
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
    | ConsistencyArguments
    | undefined;
  if (values === undefined) return undefined;
  return checkedConsistency(values);
}

/** @throws ShardQLError BAD_USER_INPUT for a bound that is none, or that the mode does not take. */
function checkedConsistency({ mode, maxStalenessMs = null }: ConsistencyArguments): AskedConsistency {
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

/** What users' code says of all that it reads for a field, whatever the client asks. */
const fixed = new WeakMap<GraphQLResolveInfo, AskedConsistency>();

const STRONG: AskedConsistency = { mode: 'STRONG', maxStalenessMs: null };

/**
 * The field, as users' code reads for it. In a mutation that is STRONG unless the code says otherwise: what is written next may
 * depend on it.
 *
 * @throws ShardQLError BAD_USER_INPUT for a mode that is none, or a bound that the mode does not take.
 */
export function withAuthorsConsistency(
  info: GraphQLResolveInfo,
  said: ConsistencyArguments | null | undefined,
): GraphQLResolveInfo {
  const consistency = authorsConsistency(info, said);
  if (consistency === undefined) return info;
  const copy = { ...info };
  fixed.set(copy, consistency);
  return copy;
}

function authorsConsistency(info: GraphQLResolveInfo, said: ConsistencyArguments | null | undefined) {
  if (said === null || said === undefined) return info.operation.operation === 'mutation' ? STRONG : undefined;
  if (CONSISTENCY_MODES.includes(said.mode)) return checkedConsistency(said);
  throw badUserInput(`Expected a mode of consistency (${CONSISTENCY_MODES.join(', ')}), but got ${said.mode}.`);
}

/** Undefined: what the client asks holds, and the tables' own modes. */
export const fixedConsistency = (info: GraphQLResolveInfo): AskedConsistency | undefined => fixed.get(info);
