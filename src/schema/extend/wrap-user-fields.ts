import { type GraphQLFieldConfig, isObjectType } from 'graphql';
import type { Model } from '../../model/types.ts';
import { roleExtensions, roleOf } from '../../plans/field-role.ts';
import type { RequestContext } from '../../resolvers/context.ts';
import { type UserResolve, userResolver } from '../../resolvers/extend/user-resolver.ts';
import type { WrapFields } from '../object-type.ts';
import type { TypeRegistry } from '../type-registry.ts';

type Field = Pick<GraphQLFieldConfig<unknown, RequestContext>, 'type' | 'resolve' | 'extensions'>;

/** Gives users' fields of a generated type the context and the answers that they have. */
export const wrapUserFields =
  (model: Model): WrapFields =>
  (fields) => {
    for (const field of Object.values(fields)) {
      const kind = roleOf(field)?.kind;
      if (kind === 'user' || kind === 'computed') wrapUserField(field, model);
    }
    return fields;
  };

/** The same, for all fields of users' own types. */
export function wrapUserTypes(names: Iterable<string>, types: TypeRegistry, model: Model): void {
  for (const name of names) {
    const type = types.find(name);
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) wrapUserField(field, model);
  }
}

function wrapUserField(field: Field, model: Model): void {
  if (roleOf(field) === undefined) field.extensions = { ...field.extensions, ...roleExtensions({ kind: 'user' }) };
  if (field.resolve) field.resolve = userResolver(field.resolve as unknown as UserResolve, field.type, model);
}
