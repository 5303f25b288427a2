/**
 * Scalars beyond GraphQL's own. They only check that a value has the right form of JSON: what a column can hold (the
 * range, the calendar) is for its codec to say, which knows the column.
 */
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import type { Builder } from './builder.ts';

const DESCRIPTIONS = {
  DateTime: 'A moment in ISO 8601 form. Given out in UTC with milliseconds: `2026-01-31T09:05:00.000Z`.',
  Bytes: 'Bytes, as base64 text.',
  BigInt: 'A whole number within 64 bits, as decimal text; taken as a number too.',
  Decimal: 'A decimal number, as text, so that it stays exact; taken as a number too.',
  Version: 'The version of a row. Opaque: compare it for equality only, or give it back as `expectedVersion`.',
} as const;

/** Scalars that also take JSON numbers. */
const NUMERIC: readonly string[] = ['BigInt', 'Decimal'];

export function addScalars(builder: Builder): void {
  for (const name of Object.keys(DESCRIPTIONS) as (keyof typeof DESCRIPTIONS)[]) {
    const parse = (value: unknown): string => textOf(name, value);
    builder.scalarType(name, {
      description: DESCRIPTIONS[name],
      serialize: (value) => value,
      parseValue: parse,
      parseLiteral: (node) => parse(literalValue(node, NUMERIC.includes(name))),
    });
  }
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

function textOf(scalar: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (NUMERIC.includes(scalar) && typeof value === 'number' && isExact(value)) return String(value);
  throw new GraphQLError(`Expected ${scalar} to be a text, but got ${describe(value)}.`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** JSON numbers beyond these bounds have lost digits already. */
const isExact = (value: number): boolean =>
  Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);

const describe = (value: unknown): string =>
  typeof value === 'number'
    ? String(value)
    : Array.isArray(value)
      ? 'a list'
      : value === null
        ? 'null'
        : `a ${typeof value}`;

/** Number literals keep the digits of the document. */
function literalValue(node: ValueNode, numeric: boolean): unknown {
  if (numeric && (node.kind === Kind.INT || node.kind === Kind.FLOAT)) return node.value;
  return valueFromASTUntyped(node);
}
