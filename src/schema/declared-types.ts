import { BuildCache } from '@pothos/core';
import {
  GraphQLBoolean,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { RequestContext } from '../resolvers/context.ts';
import type { Builder } from './builder.ts';
import type { TypeRegistry } from './type-registry.ts';

const BUILT_IN_SCALARS = [GraphQLID, GraphQLInt, GraphQLFloat, GraphQLString, GraphQLBoolean] as const;

export type Fields<Source> = GraphQLFieldConfigMap<Source, RequestContext>;

/**
 * What is declared to a Pothos builder, built type by type. `builder.toSchema` would build all types at once, and know none
 * but its own; here a name stands for what the registry has under it, however it was made.
 */
export class DeclaredTypes {
  readonly #builder: Builder;
  readonly #cache: BuildCache<never>;
  readonly #built = new Map<string, GraphQLNamedType>();

  constructor(builder: Builder, types: TypeRegistry) {
    for (const scalar of BUILT_IN_SCALARS) {
      builder.addScalarType(scalar.name as never, scalar);
      types.add(scalar.name, () => scalar);
    }
    this.#builder = builder;
    this.#cache = new BuildCache(builder as never, {});
    this.#cache.types = new Names(types, this.#built);
  }

  /** Fields are declared in callbacks: those that are there run now, and later ones at once. */
  prepare(): void {
    this.#builder.configStore.prepareForBuild();
  }

  /** A type that is declared. */
  type<Type extends GraphQLNamedType>(name: string): Type {
    if (!this.#built.has(name)) this.#cache.buildTypeFromConfig(this.#builder.configStore.getTypeConfig(name));
    return this.#built.get(name) as Type;
  }

  description(name: string): string | undefined {
    return this.#builder.configStore.getTypeConfig(name).description ?? undefined;
  }

  /** The fields that are declared of an object type, for one that has others too. */
  fields(name: string): Fields<unknown> {
    return this.type<GraphQLObjectType>(name).toConfig().fields;
  }

  fieldNames(name: string): readonly string[] {
    return Object.keys(this.type<GraphQLObjectType>(name).getFields());
  }
}

/** Pothos' types by name: it finds those of the registry, and leaves its own aside. */
class Names extends Map<string, GraphQLNamedType> {
  readonly #types: TypeRegistry;
  readonly #built: Map<string, GraphQLNamedType>;

  constructor(types: TypeRegistry, built: Map<string, GraphQLNamedType>) {
    super();
    this.#types = types;
    this.#built = built;
  }

  override has(name: string): boolean {
    return this.#built.has(name);
  }

  override get(name: string): GraphQLNamedType | undefined {
    return this.#types.find(name);
  }

  override set(name: string, type: GraphQLNamedType): this {
    this.#built.set(name, type);
    return this;
  }
}
