import type { GraphQLFieldConfig } from 'graphql';
import type { Model } from '../../model/types.ts';
import type { RequestContext } from '../../resolvers/context.ts';
import { type WrittenResolve, writtenResolver } from '../../resolvers/extend/written-resolver.ts';
import { roleExtensions, roleOf } from '../../resolvers/field-role.ts';
import type { FinishFields } from '../object-type.ts';

type Field = Pick<GraphQLFieldConfig<unknown, RequestContext>, 'type' | 'resolve' | 'extensions'>;

/** Gives users' fields of a generated type the context and the answers that they have. */
export const finishFields =
  (model: Model): FinishFields =>
  (fields) => {
    for (const field of Object.values(fields)) {
      const kind = roleOf(field)?.kind;
      if (kind === 'written' || kind === 'computed') finishField(field, model);
    }
    return fields;
  };

/** The same, for one field that is known to be users'. */
export function finishField(field: Field, model: Model): void {
  if (roleOf(field) === undefined) field.extensions = { ...field.extensions, ...roleExtensions({ kind: 'written' }) };
  if (field.resolve) field.resolve = writtenResolver(field.resolve as unknown as WrittenResolve, field.type, model);
}
