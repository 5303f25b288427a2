import SchemaBuilder from '@pothos/core';
import type { Model } from '../../model/types.ts';
import type { ExtensionContext } from '../../resolvers/extend/extension-context.ts';
import type { Scalars } from '../builder.ts';

const createExtensionBuilder = <M extends Model>() =>
  new SchemaBuilder<{ Context: ExtensionContext<M>; Scalars: Scalars }>({});

/** The Pothos builder as users' code sees it: its resolvers get an {@link ExtensionContext} of their model. */
export type ExtensionBuilder<M extends Model> = ReturnType<typeof createExtensionBuilder<M>>;

/** Pothos' own description of that builder. */
export type ExtensionTypes<M extends Model> =
  ExtensionBuilder<M> extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never;
