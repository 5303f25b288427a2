/** Filters as they are put together by hand, and as `where` has them. */
import { ExactNumber } from '../../calls/exact-json.ts';
import type { Table, TableColumn } from '../../operations/tables.ts';

export interface Condition {
  readonly column: string;
  readonly operator: string;
  readonly text: string;
}

const OF_TEXT = ['eq', 'ne', 'contains', 'icontains', 'startsWith', 'endsWith', 'like', 'in', 'gt', 'gte', 'lt', 'lte'];
const OF_NUMBERS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in'];

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  ID: OF_TEXT,
  String: OF_TEXT,
  Int: OF_NUMBERS,
  Float: OF_NUMBERS,
  BigInt: OF_NUMBERS,
  Decimal: OF_NUMBERS,
  DateTime: OF_NUMBERS,
  Boolean: ['eq', 'ne'],
  Enum: ['eq', 'ne', 'in'],
  Bytes: ['eq', 'ne'],
};

const TITLES: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  contains: 'contains',
  icontains: 'contains, whatever the case',
  startsWith: 'begins with',
  endsWith: 'ends with',
  like: 'is like (% _)',
  in: 'is one of (commas, or JSON)',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  between: 'is between (low, high)',
  isNull: 'has no value',
  isNotNull: 'has a value',
};

/** What a column can be compared by. */
export const operatorsOf = ({ scalar }: TableColumn): readonly (readonly [operator: string, title: string])[] =>
  [...(OPERATORS[scalar] ?? []), 'isNull', 'isNotNull'].map((each) => [each, TITLES[each]!] as const);

export const needsValue = (operator: string): boolean => !operator.startsWith('is');

interface Read {
  readonly where: Readonly<Record<string, unknown>> | null;
  readonly problem: string | null;
}

/** All conditions have to hold. */
export function whereOf(table: Table, conditions: readonly Condition[]): Read {
  const parts: Record<string, unknown>[] = [];
  for (const { column: name, operator, text } of conditions) {
    const column = table.columns.find((each) => each.name === name);
    if (column === undefined) continue;
    if (!needsValue(operator)) {
      parts.push({ [name]: { isNull: operator === 'isNull' } });
      continue;
    }
    const value = comparedValue(column, operator, text);
    if (value === WRONG)
      return {
        where: null,
        problem: `Expected ${name} to be compared with ${EXPECTED[column.scalar] ?? 'a value'}, but got ${JSON.stringify(text)}.`,
      };
    parts.push({ [name]: { [operator]: value } });
  }
  return { where: parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { AND: parts }, problem: null };
}

const WRONG = Symbol();

const EXPECTED: Readonly<Record<string, string>> = {
  Int: 'a whole number',
  Float: 'a number',
  Boolean: 'true or false',
};

function comparedValue(column: TableColumn, operator: string, text: string): unknown {
  if (operator !== 'in' && operator !== 'between') return scalarOf(column, text);
  const values = listOf(text).map((each) => scalarOf(column, each));
  return values.includes(WRONG) || (operator === 'between' && values.length !== 2) ? WRONG : values;
}

/** A JSON array for values that have commas themselves. */
function listOf(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map(String);
  } catch {}
  return text.split(',').map((each) => each.trim());
}

/** Numbers whose digits JavaScript would lose are sent as they were typed. */
function scalarOf({ scalar }: TableColumn, text: string): unknown {
  const trimmed = text.trim();
  if (scalar === 'Boolean') return trimmed === 'true' ? true : trimmed === 'false' ? false : WRONG;
  if (scalar === 'Int') return /^-?\d+$/.test(trimmed) ? numberOf(trimmed) : WRONG;
  if (scalar === 'Float') return trimmed !== '' && Number.isFinite(Number(trimmed)) ? numberOf(trimmed) : WRONG;
  return scalar === 'String' || scalar === 'ID' ? text : trimmed;
}

const numberOf = (text: string): number | ExactNumber => {
  const value = Number(text);
  return String(value) === text ? value : new ExactNumber(text);
};
