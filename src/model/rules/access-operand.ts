/** What columns are compared with in access rules: values that they hold, or claims. */
import { Claim } from '../access/claim.ts';
import { operandToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import type { ModelProblem } from '../model-error.ts';
import { anyCode, code } from '../snippets.ts';
import type { ColumnModel } from '../types.ts';
import { describe, meantName } from './access-problem.ts';

type Flaw = Pick<ModelProblem, 'message' | 'remedy'>;

const EQUALITY = ['eq', 'ne', 'in', 'notIn', 'isNull'];
const ORDERED = [...EQUALITY, 'gt', 'gte', 'lt', 'lte', 'between'];
const TEXT = [
  ...['contains', 'startsWith', 'endsWith', 'like', 'ieq'],
  ...['icontains', 'istartsWith', 'iendsWith', 'ilike'],
];

/** Operators that compare with one value, or with a list that a claim may be. */
const WITH_CLAIMS: ReadonlySet<string> = new Set(
  [...ORDERED, ...TEXT].filter((name) => !/^(isNull|between)$/.test(name)),
);

/**
 * What is wrong with one operator of a column whose scalar is not JSON, or with what it compares with. Claims are known with a caller.
 *
 * @param path where the operator stands.
 */
export function operandFlaw(column: ColumnModel, operator: string, operand: unknown, path: string): Flaw | null {
  const known = operatorsOf(column);
  if (!known.includes(operator)) {
    return {
      message: `Expected ${path} to be an operator of ${column.scalar}, but got "${operator}".`,
      remedy: meantName(operator, known),
    };
  }
  if (operand === null) {
    return {
      message: `Expected ${path} to be a value, but got null.`,
      remedy: `Write ${anyCode(['{ isNull: true }', '{ isNull: false }'])}.`,
    };
  }
  switch (operator) {
    case 'isNull':
      if (typeof operand === 'boolean' || operand instanceof Claim) return null;
      return { message: `Expected ${path} to be true or false, but got ${describe(operand)}.`, remedy: 'Write one.' };
    case 'in':
    case 'notIn':
      if (operand instanceof Claim) return null;
      return Array.isArray(operand)
        ? firstFlaw(column, operand, path)
        : {
            message: `Expected ${path} to be a list, but got ${describe(operand)}.`,
            remedy: 'Write the values in brackets.',
          };
    case 'between':
      if (operand instanceof Claim) return null;
      return Array.isArray(operand) && operand.length === 2
        ? firstFlaw(column, operand, path)
        : {
            message: `Expected ${path} to be [low, high], but got ${Array.isArray(operand) ? `${operand.length} values` : describe(operand)}.`,
            remedy: 'Write both bounds, which are included.',
          };
    default:
      return valueFlaw(column, operand, path);
  }
}

function operatorsOf({ scalar, wire }: ColumnModel): readonly string[] {
  switch (scalar) {
    case 'Enum':
    case 'Boolean':
      return EQUALITY;
    case 'String':
      return [...ORDERED, ...TEXT];
    case 'ID':
      return wire === 'text' ? [...ORDERED, ...TEXT] : ORDERED;
    default:
      return ORDERED;
  }
}

const firstFlaw = (column: ColumnModel, values: readonly unknown[], path: string): Flaw | null =>
  values.map((value, at) => valueFlaw(column, value, `${path}.${at}`)).find((flaw) => flaw !== null) ?? null;

function valueFlaw(column: ColumnModel, value: unknown, path: string): Flaw | null {
  if (value instanceof Claim) return null;
  if (value === null || value === undefined) {
    return { message: `Expected ${path} to be a value, but got ${value}.`, remedy: 'Leave it out, or write a value.' };
  }
  try {
    operandToWire(column, value);
    return null;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return { message: error.message.replace('Expected', `Expected ${path} to be`), remedy: valueRemedy(column, value) };
  }
}

/** What to write instead; of an enum the GraphQL name, where a value was written as it is stored, or misspelt. */
export function valueRemedy({ enum: type, scalar }: ColumnModel, value: unknown): string {
  if (type === null || typeof value !== 'string') return `Write a value that ${scalar} holds.`;
  const ofStored = type.values.find(([, stored]) => stored === value);
  return ofStored === undefined
    ? meantName(
        value,
        type.values.map(([name]) => name),
      )
    : `Did you mean ${JSON.stringify(ofStored[0])}?`;
}

/** What a claim stands for that is no operand; null: there is none. */
export function misplacedClaim(value: unknown, name = ''): string | null {
  if (value instanceof Claim) return WITH_CLAIMS.has(name) ? null : name;
  if (typeof value !== 'object' || value === null) return null;
  const inner = Object.entries(value).map(([key, each]) => misplacedClaim(each, Array.isArray(value) ? 'eq' : key));
  return inner.find((found) => found !== null) ?? null;
}

export const holdsClaim = (value: unknown): boolean =>
  value instanceof Claim || (typeof value === 'object' && value !== null && Object.values(value).some(holdsClaim));

export const CLAIM_REMEDY = `Write ${code('{ eq: claim(…) }')}, or ${code('{ between: [claim(…), claim(…)] }')}, say.`;
