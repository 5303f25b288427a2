import type { EnumRef, InputObjectRef, ObjectRef } from '@pothos/core';
import type { ColumnModel } from '../model/types.ts';
import type { Connection, Edge } from '../resolvers/show/connection.ts';
import type { Row } from '../resolvers/show/row.ts';
import type { Builder } from './builder.ts';

// biome-ignore lint/suspicious/noExplicitAny: Pothos types a ref by its builder's types, which do not matter to its users here.
type Any = any;

/** The GraphQL type of a column's values, as the builder takes it: a scalar's name, or an enum. */
type ColumnType = Exclude<ColumnModel['scalar'], 'Enum'> | EnumRef<Any, string>;

/**
 * What generated types are called by in declarations to the builder. Each is declared, without fields, when it is first
 * asked for.
 */
export class TypeRefs {
  readonly #builder: Builder;
  readonly #refByName = new Map<string, object>();

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Whether `ref` was made here, and not by users. */
  owns(ref: { readonly name: string }): boolean {
    return this.#refByName.get(ref.name) === ref;
  }

  row(typeName: string): ObjectRef<Any, Row> {
    return this.object(typeName);
  }

  connection(typeName: string): ObjectRef<Any, Connection> {
    return this.object(`${typeName}Connection`);
  }

  edge(typeName: string): ObjectRef<Any, Edge> {
    return this.object(`${typeName}Edge`);
  }

  object<Source>(name: string): ObjectRef<Any, Source> {
    return this.#known(name, () => {
      const ref = this.#builder.objectRef<Source>(name);
      return [ref, () => ref.implement({})];
    });
  }

  input(name: string): InputObjectRef<Any, object> {
    return this.#known(name, () => {
      const ref = this.#builder.inputRef<object>(name);
      return [ref, () => ref.implement({ fields: () => ({}) })];
    });
  }

  columnType({ scalar, enum: type }: ColumnModel): ColumnType {
    return scalar === 'Enum' ? this.enum(type!) : scalar;
  }

  enum({ typeName, values }: NonNullable<ColumnModel['enum']>): EnumRef<Any, string> {
    return this.#known(typeName, () => [
      this.#builder.enumType(typeName, { values: values.map(([name]) => name) }),
      () => {},
    ]);
  }

  /** The ref is known before it is declared, so that `owns` knows it then. */
  #known<Ref extends object>(name: string, make: () => readonly [Ref, declare: () => void]): Ref {
    const known = this.#refByName.get(name);
    if (known) return known as Ref;
    const [ref, declare] = make();
    this.#refByName.set(name, ref);
    declare();
    return ref;
  }
}
