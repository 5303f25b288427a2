import { closestName } from '../../lib/closest-name.ts';
import type { Model } from '../types.ts';

/** Roles whose callers are let in: at least one table has a rule for them. In alphabetical order. */
const rolesLetIn = ({ roles }: Pick<Model, 'roles'>): string[] =>
  [...roles].flatMap(([role, tables]) => (tables.size > 0 ? [role] : [])).sort();

/**
 * What is wrong with the name of a role, for operators and developers, who may know all of them. Null: nothing, which is also so
 * where no table has rules yet.
 *
 * @param source where the name stands.
 * @param others names that may stand there besides the roles of the model.
 */
export function unknownRole(
  model: Pick<Model, 'roles'>,
  role: string,
  source: string,
  others: readonly string[],
): string | null {
  const ofModel = rolesLetIn(model);
  const known = [...new Set([...ofModel, ...others])];
  if (ofModel.length === 0 || known.includes(role)) return null;
  const closest = closestName(role, known);
  const advice =
    closest === undefined ? 'Name one of these, or add access rules for it.' : `Did you mean "${closest}"?`;
  return `Expected ${source} to be one of ${known.join(', ')}, but got "${role}". ${advice}`;
}
