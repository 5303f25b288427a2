import { closestName } from '../../lib/closest-name.ts';

/**
 * What operators and developers may want to know of the claims that they give a caller: names that its rules do not use, and names that
 * they use and that are not given, which makes rules false without a word. One sentence each; none where all fits.
 *
 * @param used names of the claims that the rules of the role use.
 */
export function claimHints(role: string, claims: Readonly<Record<string, unknown>>, used: readonly string[]): string[] {
  const missing = used.filter((name) => !Object.hasOwn(claims, name));
  const unused = Object.keys(claims).filter((name) => !used.includes(name));
  const meantByUnused = new Map(unused.map((name) => [name, closestName(name, missing)]));
  const meant = new Set(meantByUnused.values());
  return [
    ...[...meantByUnused].map(([name, closest]) => {
      const sentence = `No access rule of ${role} uses the claim "${name}".`;
      return closest === undefined ? sentence : `${sentence} Did you mean "${closest}"?`;
    }),
    ...missing
      .filter((name) => !meant.has(name))
      .map((name) => `Access rules of ${role} use the claim "${name}", which is not given: those that do are false.`),
  ];
}
