/** Scalars beyond GraphQL's own. They take what their form allows; what one column can hold is for its codec to say. */
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { InvalidValueError } from '../model/invalid-value-error.ts';
import { bytesCodec } from '../model/values/bytes.ts';
import { parseDateTime } from '../model/values/date-time.ts';
import { parseDecimalOperand } from '../model/values/decimal.ts';
import { int64Codec } from '../model/values/integer.ts';
import type { Builder } from './builder.ts';

/** Scalars whose values are texts. `check` throws for a value of another form. */
const TEXT_SCALARS = {
  DateTime: {
    description: 'A moment in ISO 8601 form. Given out in UTC with milliseconds: `2026-01-31T09:05:00.000Z`.',
    check: parseDateTime,
  },
  Bytes: { description: 'Bytes, as base64 text.', check: bytesCodec.fromInput },
  BigInt: {
    description: 'A whole number within 64 bits, as decimal text; taken as a number too.',
    check: int64Codec.fromInput,
  },
  Decimal: {
    description: 'A decimal number, as text, so that it stays exact; taken as a number too.',
    check: parseDecimalOperand,
  },
  Version: {
    description: 'The version of a row. Opaque: compare it for equality only, or send it back as `expectedVersion`.',
    // Whether it is one is for the mutation to say, at its own path.
    check: () => undefined,
  },
} as const satisfies Record<string, { description: string; check: (text: string) => unknown }>;

type TextScalar = keyof typeof TEXT_SCALARS;

/** Scalars that are taken as numbers too. */
const NUMERIC: readonly TextScalar[] = ['BigInt', 'Decimal'];

/** Names of the scalars that are declared here. */
export const SCALARS = [...Object.keys(TEXT_SCALARS), 'JSON'];

export function declareScalars(builder: Builder): void {
  for (const name of Object.keys(TEXT_SCALARS) as TextScalar[]) {
    builder.scalarType(name, {
      description: TEXT_SCALARS[name].description,
      serialize: (value) => value,
      parseValue: (value) => parseText(name, value),
      parseLiteral: (node) => parseText(name, literalValue(name, node), node),
    });
  }
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

/** `node`: the literal that the value comes from; errors tell where it stands in the document. */
function parseText(name: TextScalar, value: unknown, node?: ValueNode): string {
  const text = typeof value === 'number' && NUMERIC.includes(name) && isExact(value) ? String(value) : value;
  if (typeof text !== 'string') {
    throw new GraphQLError(`Expected ${name} to be text, but got ${describe(value)}.`, { nodes: node });
  }
  try {
    TEXT_SCALARS[name].check(text);
  } catch (error) {
    throw error instanceof InvalidValueError ? new GraphQLError(error.message, { nodes: node }) : error;
  }
  return text;
}

/** Whole numbers beyond these bounds have lost digits already. */
const isExact = (value: number): boolean => !Number.isInteger(value) || Number.isSafeInteger(value);

/** Number literals keep the digits of the document. */
const literalValue = (name: TextScalar, node: ValueNode): unknown =>
  NUMERIC.includes(name) && (node.kind === Kind.INT || node.kind === Kind.FLOAT)
    ? node.value
    : valueFromASTUntyped(node);

function describe(value: unknown): string {
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}
