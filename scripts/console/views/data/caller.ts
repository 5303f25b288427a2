/** As whom the data browser asks. */
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
  const ascii = JSON.stringify(claims).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { as: `${role} ${ascii}` };
}
