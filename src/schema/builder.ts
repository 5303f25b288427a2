import SchemaBuilder from '@pothos/core';
import type { RequestContext } from '../resolvers/context.ts';

/** JavaScript values of our scalars: texts, except JSON. */
export type Scalars = {
  DateTime: { Input: string; Output: string };
  JSON: { Input: unknown; Output: unknown };
  Bytes: { Input: string; Output: string };
  BigInt: { Input: string; Output: string };
  Decimal: { Input: string; Output: string };
  Version: { Input: string; Output: string };
};

/** A Pothos builder without types. `buildSchema` fills one from the model; users' own fields are added to it. */
export const createBuilder = () => new SchemaBuilder<{ Context: RequestContext; Scalars: Scalars }>({});

export type Builder = ReturnType<typeof createBuilder>;
