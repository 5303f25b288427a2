import { ShardQLError } from '../../errors.ts';
import { MAX_STATEMENT_BYTES } from '../../limits.ts';
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
