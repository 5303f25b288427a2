import type { RoleRules, TableRules } from '../table-rules.ts';
import type { Model } from '../types.ts';
import { Claim } from './claim.ts';

/** Names of the claims that the rules of each role compare with or give, in the order of the model. */
export const claimsOfRoles = ({ roles }: Pick<Model, 'roles'>): Record<string, string[]> =>
  Object.fromEntries([...roles].map(([role, rules]) => [role, claimsOf(rules)]));

const claimsOf = (rules: RoleRules): string[] => [...new Set([...rules.values()].flatMap(claimsOfTable))];

const claimsOfTable = ({ read, create, update, delete: deletion }: TableRules): string[] =>
  [read, create, update, deletion].flatMap(claimNames);

/** In any part of a rule. */
function claimNames(part: unknown): string[] {
  if (part instanceof Claim) return [part.name];
  if (part instanceof Map) return [...part.values()].flatMap(claimNames);
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(claimNames) : [];
}
