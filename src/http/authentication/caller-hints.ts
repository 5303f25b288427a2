import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { claimHints } from '../../model/access/claim-hints.ts';
import { claimsOfRoles } from '../../model/access/claims-of-roles.ts';
import type { Model } from '../../model/types.ts';
import type { Identity } from './identity.ts';

const claimsUsed = memoizeByObject(claimsOfRoles);

/** What a developer may have misspelt in the claims of a caller whom they have made up; see `claimHints`. None of other callers. */
export function callerHints(model: Model, { caller: { role, claims }, isMadeUp = false }: Identity): readonly string[] {
  const used = isMadeUp ? claimsUsed(model)[role] : undefined;
  return used === undefined ? [] : claimHints(role, claims, used);
}
