import { getOrInsert } from '../../../../lib/get-or-insert.ts';
import { ShardQLError } from '../../../errors.ts';
import { MAX_STATEMENT_BYTES } from '../../../limits.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import type { Parameters } from './parameters.ts';

/** A prepared text with the parameters it takes. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Parameters;
}

const encoder = new TextEncoder();

export function statement(sql: string, parameters: Parameters): Statement {
  const size = encoder.encode(sql).length;
  if (size <= MAX_STATEMENT_BYTES) return { sql, parameters };
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected fewer or simpler conditions (at most ${MAX_STATEMENT_BYTES} bytes as SQL), but got ${size} bytes.`,
  );
}

/** The statements of a plan, made as they are first needed. */
export class StatementCache {
  readonly #byNode = new Map<CompiledNode, Map<string, Statement>>();

  /** @param id tells the statement among those of the node. */
  use(node: CompiledNode, id: string, compile: () => Statement): Statement {
    const byId = getOrInsert(this.#byNode, node, () => new Map<string, Statement>());
    return getOrInsert(byId, id, compile);
  }
}
