import { type GraphQLSchema, introspectionTypes, specifiedDirectives } from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { planExtensions } from '../plans/plan-cache.ts';
import { createAsOfDirective } from '../plans/selection/as-of-directive.ts';
import { consistencyDirective, consistencyModeType } from '../plans/selection/consistency-directive.ts';
import { wholeSchemaExtension } from '../resolvers/extend/whole-schema.ts';
import { idempotentDirective } from '../resolvers/idempotency/idempotent-directive.ts';
import { createBuilder } from './builder.ts';
import { DeclaredTypes } from './declared-types.ts';
import { checkExtensions } from './extend/check-extensions.ts';
import { declareExtensions, explainClashes, NO_EXTENSIONS } from './extend/declare-extensions.ts';
import type { Extensions } from './extend/define-extensions.ts';
import { VisibleFields } from './extend/visible-fields.ts';
import { wrapUserFields, wrapUserTypes } from './extend/wrap-user-fields.ts';
import type { FederationOptions } from './federation/federation-types.ts';
import { addInputTypes } from './input-types.ts';
import { LazySchema } from './lazy-schema.ts';
import { addMutationsOfCode, addOutputTypes } from './output-types.ts';
import { declareQuery } from './query.ts';
import { declareScalars, SCALARS } from './scalars.ts';
import { addSharedEnums, declareNode } from './shared-types.ts';
import { TypeRefs } from './type-refs.ts';
import { TypeRegistry } from './type-registry.ts';

const DIRECTIVES = [...specifiedDirectives, consistencyDirective, idempotentDirective];

/** Operators may look at the past, and roles that a table lets. */
const mayAskPast = (model: Model): boolean => model.tables.some(({ rules }) => rules?.asOf ?? true);

/**
 * The GraphQL schema of a model, with resolvers. Pure (no I/O, timers or randomness), so that it may run while a Worker
 * starts; equal models give equal schemas. Its types are made when they are asked for.
 *
 * @param federation null: the API is no subgraph of a supergraph.
 * @throws {ExtensionError} if names of users' own types and fields clash with others.
 */
export const buildSchema = (
  model: Model,
  extensions?: Extensions,
  federation: FederationOptions | null = null,
): GraphQLSchema => explainClashes(extensions, () => makeSchema(model, { extensions, federation, ofRole: null }));

/**
 * The schema of a role's model. Of users' own fields it has those of which all that they name is there.
 *
 * @param whole that of the whole model with the same extensions: what users' code does with all rights goes by it.
 */
export const buildRoleSchema = (
  model: Model,
  role: string,
  { extensions, federation, whole }: SharedParts & { readonly whole: GraphQLSchema },
): GraphQLSchema => makeSchema(model, { extensions, federation, ofRole: { role, whole } });

/** Of a schema: names of users' own types. */
const USER_TYPES = 'shardqlUserTypes';

/** What all schemas of an API have. */
interface SharedParts {
  readonly extensions: Extensions | undefined;
  readonly federation: FederationOptions | null;
}

interface RoleOfSchema {
  readonly role: string;
  readonly whole: GraphQLSchema;
}

function makeSchema(
  model: Model,
  { extensions, federation, ofRole }: SharedParts & { readonly ofRole: RoleOfSchema | null },
): GraphQLSchema {
  const builder = createBuilder();
  const types = new TypeRegistry();
  const refs = new TypeRefs(builder);
  const declared = new DeclaredTypes(builder, types);
  declareScalars(builder);
  declareQuery(builder, declareNode(builder, model), model);
  builder.mutationType({});
  for (const name of [...SCALARS, 'Node']) types.add(name, () => declared.type(name));
  addSharedEnums(types);
  addInputTypes(types, model);
  // Asked when a row's type is made, so after the extensions are declared, which name these types.
  const computedOf = ({ typeName }: TableModel) => userFields.computedByType.get(typeName) ?? [];
  const wrapFields = wrapUserFields(model);
  addOutputTypes(model, { builder, types, declared, refs, computedOf, wrapFields, federation });
  const visible = ofRole && visibleFields(ofRole, (name) => types.has(name));
  const userFields = extensions
    ? declareExtensions(extensions, { model, visible, builder, types, declared, refs })
    : NO_EXTENSIONS;
  // Those of directives and of introspection: nobody else may take their names.
  for (const type of [consistencyModeType, ...introspectionTypes]) types.add(type.name, () => type);
  declared.prepare();
  if (!types.has('Mutation')) addMutationsOfCode({ types, declared, wrapFields });
  const implementing = [...model.tables.map(({ typeName }) => typeName), ...userFields.types];
  const asOf = createAsOfDirective({ DateTime: types.get('DateTime'), Version: types.get('Version') });
  const schema = new LazySchema(
    {
      types,
      directives: mayAskPast(model) ? [...DIRECTIVES, asOf] : DIRECTIVES,
      implementing,
      extensions: { ...planExtensions(model), [USER_TYPES]: userFields.types, ...wholeSchemaExtension(ofRole?.whole) },
    },
    { assumeValid: !extensions || ofRole !== null },
  );
  if (extensions && !ofRole) checkExtensions(schema, userFields, { model, types, declared });
  wrapUserTypes(userFields.types, types, model);
  return schema;
}

function visibleFields({ role, whole }: RoleOfSchema, isGenerated: (typeName: string) => boolean): VisibleFields {
  const userTypes = whole.extensions[USER_TYPES] as ReadonlySet<string>;
  // Users' types are added to the others, so which there are has to be asked of their names first.
  const isOfRole = (name: string): boolean => !userTypes.has(name) && isGenerated(name);
  return new VisibleFields({ schema: whole, userTypes }, role, isOfRole);
}
