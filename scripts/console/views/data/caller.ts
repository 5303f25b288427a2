/** As whom the data browser asks. */
import { toAscii } from '../../calls/exact-json.ts';

export interface Caller {
  /** The value of `x-shardql-as`: a role and its claims, where one can ask as another. */
  readonly as?: string;
  /** An API key or a token in place of the operators': where others are known by theirs alone. */
  readonly credential?: string;
}

/** Who has signed in: an operator. */
export const OPERATOR: Caller = {};

/** Headers have no characters beyond ASCII; JSON can do without. */
export function asRole(role: string, claims: Readonly<Record<string, unknown>> | null): Caller {
  if (claims === null) return { as: role };
  return { as: `${role} ${toAscii(JSON.stringify(claims))}` };
}
