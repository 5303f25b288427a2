import { type ASTNode, type FieldNode, getDirectiveValues } from 'graphql';
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

/** Anything that directives stand at. */
export type Directed = Pick<FieldNode, 'directives'>;
export type VariableValues = Readonly<Record<string, unknown>>;

/**
 * What the directive of a node asks for; undefined without one.
 *
 * @throws ShardQLError BAD_USER_INPUT for an invalid bound, or one that the mode does not take.
 */
export function ownConsistency(node: Directed, variables: VariableValues): AskedConsistency | undefined {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  const values = getDirectiveValues(consistencyDirective, node as ASTNode & Directed, variables) as
    | ConsistencyArguments
    | undefined;
  if (values === undefined) return undefined;
  return checkedConsistency(values);
}

/** @throws ShardQLError BAD_USER_INPUT for an invalid bound, or one that the mode does not take. */
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

const STRONG: AskedConsistency = { mode: 'STRONG', maxStalenessMs: null };

/**
 * How fresh users' code reads for a field, whatever the client asks; undefined: as the client asks, and by the tables' own
 * modes. In a mutation that is STRONG unless the code asks for another mode: what is written next may depend on it.
 *
 * @throws ShardQLError BAD_USER_INPUT for an unknown mode, or a bound that the mode does not take.
 */
export function authorsConsistency(
  operation: 'query' | 'mutation' | 'subscription',
  given: ConsistencyArguments | null | undefined,
): AskedConsistency | undefined {
  if (given === null || given === undefined) return operation === 'mutation' ? STRONG : undefined;
  if (CONSISTENCY_MODES.includes(given.mode)) return checkedConsistency(given);
  throw badUserInput(`Expected a mode of consistency (${CONSISTENCY_MODES.join(', ')}), but got ${given.mode}.`);
}
