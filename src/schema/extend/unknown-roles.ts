import { unknownRole } from '../../model/access/unknown-role.ts';
import type { Model } from '../../model/types.ts';
import { OPERATOR } from '../../shards/protocol/envelope.ts';

/**
 * What is wrong with the option `roles` of a field: one for a role that nobody has would be hidden from those it is meant for. Operators
 * have all fields, and may be named alone.
 */
export const unknownRoles = (model: Model, roles: readonly string[] = []): string[] =>
  roles.flatMap((role) => unknownRole(model, role, 'each of roles', [OPERATOR.role]) ?? []);
