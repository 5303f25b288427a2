/** The values that access rules compare with: written in the rule, or claims of the caller. */
import { Claim } from '../../model/access/claim.ts';
import type { RuleWhere } from '../../model/table-rules.ts';
import type { RequestValues, ValueOrigin } from '../memory/value-origin.ts';
import type { ValueSource } from '../plan-values.ts';

type Claims = RequestValues['claims'];

/** The caller's credential does not say what a rule asks for, or not in the form that it needs: the rule is false. */
export class MissingClaim extends Error {}

/** The rule with the caller's claims in the place of their names. */
export const withClaims = (where: RuleWhere, claims: Claims): RuleWhere => filledIn(where, claims) as RuleWhere;

function filledIn(value: unknown, claims: Claims): unknown {
  if (value instanceof Claim) {
    // A claim that is null says nothing either. Names such as `constructor` are none that every object has.
    const given = Object.hasOwn(claims, value.name) ? claims[value.name] : null;
    if (given === null || given === undefined) throw new MissingClaim(value.name);
    return given;
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, claims));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const given = filledIn(inner, claims);
      if (inner instanceof Claim && LIST_OPERATORS.has(name) && !Array.isArray(given))
        throw new MissingClaim(inner.name);
      return [name, given];
    }),
  );
}

/** One value is no list of it, as it would be for GraphQL: the issuer of credentials decides what a claim is. */
const LIST_OPERATORS: ReadonlySet<string> = new Set(['in', 'notIn']);

/** Whether what a rule says depends on the caller's claims. */
export const usesClaims = (value: unknown): boolean =>
  value instanceof Claim || (typeof value === 'object' && value !== null && Object.values(value).some(usesClaims));

/** Where the values of a rule come from at each request. Paths begin with `where`. */
export class RuleArguments implements ValueSource {
  readonly #where: RuleWhere;

  constructor(where: RuleWhere) {
    this.#where = where;
  }

  take(path: string): ValueOrigin | null {
    let value: unknown = { where: this.#where };
    for (const step of path.split('.')) value = (value as Record<string, unknown>)[step];
    return usesClaims(value) ? ({ claims }) => filledIn(value, claims) : null;
  }
}
