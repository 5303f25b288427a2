import {
  type GraphQLDirective,
  type GraphQLError,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from 'graphql';
import { describeMembers } from './descriptions.ts';
import type { TypeRegistry } from './type-registry.ts';

type TypeMap = ReturnType<GraphQLSchema['getTypeMap']>;
type Implementations = ReturnType<GraphQLSchema['getImplementations']>;

interface LazySchemaParts {
  readonly types: TypeRegistry;
  readonly directives: readonly GraphQLDirective[];
  /** Names of all types that may implement an interface. */
  readonly implementing: readonly string[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/**
 * A schema that makes its types when they are asked for: a plain `GraphQLSchema` collects all of them, with all their
 * fields, when it is made. Validating it would look at all of them too: it is taken for valid, or once validated in part.
 */
export class LazySchema extends GraphQLSchema {
  readonly #types: TypeRegistry;
  readonly #implementing: readonly string[];
  readonly #implementationsByName = new Map<string, Implementations>();
  #typeMap: TypeMap | undefined;
  readonly #isDescribed = new WeakSet<GraphQLNamedType>();

  constructor(
    { types, directives, implementing, extensions }: LazySchemaParts,
    { assumeValid }: { assumeValid: boolean },
  ) {
    super({ directives, extensions, assumeValid });
    this.#types = types;
    this.#implementing = implementing;
  }

  override getQueryType(): GraphQLObjectType {
    return this.#types.get('Query');
  }

  /** Undefined: nothing may be written. */
  override getMutationType(): GraphQLObjectType | undefined {
    return this.#types.find('Mutation') as GraphQLObjectType | undefined;
  }

  override getSubscriptionType(): GraphQLObjectType | undefined {
    return this.#types.find('Subscription') as GraphQLObjectType | undefined;
  }

  override getType(name: string): GraphQLNamedType | undefined {
    return this.#types.find(name) ?? super.getTypeMap()[name];
  }

  /** All names, as validation wants them; the types behind them are made when they are read. */
  override getTypeMap(): TypeMap {
    this.#typeMap ??= this.#makeTypeMap();
    return this.#typeMap;
  }

  #makeTypeMap(): TypeMap {
    const typeMap = Object.create(null) as TypeMap;
    for (const name of this.#types.names()) {
      Object.defineProperty(typeMap, name, { enumerable: true, get: () => this.#described(name) });
    }
    // Those of directives, and of introspection.
    for (const [name, type] of Object.entries(super.getTypeMap())) typeMap[name] ??= type;
    return typeMap;
  }

  /** Who lists types reads what they say of themselves; requests find each by its name. */
  #described(name: string): GraphQLNamedType | undefined {
    const type = this.#types.find(name);
    if (type !== undefined && !this.#isDescribed.has(type)) {
      this.#isDescribed.add(type);
      describeMembers(type, this);
    }
    return type;
  }

  /** What is wrong with some of its types. The schema counts as validated then. Only for one that is not taken for valid. */
  validateOnly(types: readonly GraphQLNamedType[]): readonly GraphQLError[] {
    this.#typeMap = Object.fromEntries(types.map((type) => [type.name, type]));
    try {
      return validateSchema(this);
    } finally {
      this.#typeMap = undefined;
    }
  }

  override getImplementations(interfaceType: GraphQLInterfaceType): Implementations {
    let implementations = this.#implementationsByName.get(interfaceType.name);
    if (!implementations) {
      const types = this.#implementing
        .map((name) => this.#types.find(name))
        .filter((type) => isObjectType(type) || isInterfaceType(type))
        .filter((type) => type.getInterfaces().includes(interfaceType));
      implementations = { objects: types.filter(isObjectType), interfaces: types.filter(isInterfaceType) };
      this.#implementationsByName.set(interfaceType.name, implementations);
    }
    return implementations;
  }
}
