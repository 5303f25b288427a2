import { type GraphQLNamedType, isInterfaceType, isObjectType } from 'graphql';
import type { Model } from '../../model/types.ts';
import type { DeclaredTypes } from '../declared-types.ts';
import type { LazySchema } from '../lazy-schema.ts';
import { mutationNames } from '../mutations/root-fields.ts';
import { requireFree } from '../object-type.ts';
import { queryNames } from '../query.ts';
import type { TypeRegistry } from '../type-registry.ts';
import type { DeclaredExtensions } from './declare-extensions.ts';
import { ExtensionError } from './extension-error.ts';
import { unknownRoles } from './unknown-roles.ts';

interface CheckedParts {
  readonly model: Model;
  readonly types: TypeRegistry;
  readonly declared: DeclaredTypes;
}

/**
 * Makes what users wrote and added to, so that a mistake in it shows at once. What is generated from the model alone is
 * valid; of root types, which have many such fields, only the users' are looked at.
 *
 * @throws {ExtensionError} if a type that users wrote or added to is not valid, or a field of it is for a role that the model does not let in.
 * @throws {PothosError} if something of theirs is declared twice, or not at all.
 */
export function checkExtensions(
  schema: LazySchema,
  userFields: DeclaredExtensions,
  { model, types, declared }: CheckedParts,
): void {
  const checked: GraphQLNamedType[] = [];
  const generated = {
    Query: model.tables.flatMap(queryNames),
    Mutation: [...model.tables.flatMap(mutationNames), 'transaction'],
  };
  for (const [root, names] of Object.entries(generated)) {
    if (!userFields.extended.has(root)) continue;
    requireFree(root, declared.fieldNames(root), names);
    checked.push(declared.type(root));
  }
  const others = [...userFields.extended, ...userFields.types].filter(
    (name) => !(name === 'Query' || name === 'Mutation'),
  );
  checked.push(...[...new Set(others)].map((name) => types.find(name)).filter((type) => type !== undefined));
  const problems = [
    ...schema.validateOnly(checked).map(({ message }) => message),
    ...checked.flatMap((type) => rolesOfFields(model, type)),
  ];
  if (problems.length > 0) throw new ExtensionError(problems);
}

function rolesOfFields(model: Model, type: GraphQLNamedType): string[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap(({ name, extensions }) =>
    unknownRoles(model, extensions.roles as readonly string[] | undefined).map(
      (problem) => `field ${type.name}.${name}: ${problem}`,
    ),
  );
}
