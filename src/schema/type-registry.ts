import { PothosSchemaError } from '@pothos/core';
import type { GraphQLNamedType } from 'graphql';

/**
 * The named types of a schema, each made when it is first asked for. Fields are thunks in GraphQL.js as well, so that a
 * request pays for the types that its document touches, of the thousands that a large model has.
 */
export class TypeRegistry {
  readonly #makeByName = new Map<string, () => GraphQLNamedType>();
  readonly #typeByName = new Map<string, GraphQLNamedType>();

  /** @throws {PothosSchemaError} if there is a type of that name; in the words of Pothos. */
  add(name: string, make: () => GraphQLNamedType): void {
    if (this.has(name)) {
      throw new PothosSchemaError(`Duplicate typename: Another type with name ${name} already exists.`);
    }
    this.#makeByName.set(name, make);
  }

  has(name: string): boolean {
    return this.#makeByName.has(name);
  }

  /** In the order in which they were added. */
  names(): Iterable<string> {
    return this.#makeByName.keys();
  }

  find(name: string): GraphQLNamedType | undefined {
    const known = this.#typeByName.get(name);
    if (known) return known;
    const type = this.#makeByName.get(name)?.();
    if (type) this.#typeByName.set(name, type);
    return type;
  }

  /** A type that is known to be there, and of its kind. */
  get<Type extends GraphQLNamedType>(name: string): Type {
    return this.find(name) as Type;
  }
}
