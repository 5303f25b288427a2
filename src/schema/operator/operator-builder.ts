import SchemaBuilder from '@pothos/core';
import type { OperatorContext } from '../../resolvers/operator/operator-context.ts';
import type { Scalars } from '../builder.ts';

/** A Pothos builder for what operators may ask. */
export const createOperatorBuilder = () =>
  new SchemaBuilder<{
    Context: OperatorContext;
    Scalars: Pick<Scalars, 'JSON'>;
    DefaultFieldNullability: false;
  }>({ defaultFieldNullability: false });

export type OperatorBuilder = ReturnType<typeof createOperatorBuilder>;

/** Adds a field, and the types that it alone has. */
export type OperatorField = (builder: OperatorBuilder) => void;
