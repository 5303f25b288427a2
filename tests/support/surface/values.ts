import type { ColumnModel } from '../../../src/model/types.ts';

/**
 * The n-th value of a column, as GraphQL takes and gives it. Values differ for different n (booleans and enums aside)
 * and ascend with n, from 0 to 200.
 */
export function valueAt({ scalar, wire, dateTime, enum: type }: ColumnModel, n: number): unknown {
  switch (scalar) {
    case 'ID':
      return wire === 'text' ? `id ${digits(n)} é😀` : wire === 'blob' ? bytes(n) : `${n + 1}`;
    case 'String':
      return `text ${digits(n)} é😀 '"%_\\`;
    case 'Int':
      return 10 * n - 5;
    case 'Float':
      return n + 0.25;
    case 'Boolean':
      return n % 2 === 1;
    case 'DateTime':
      return new Date(Date.UTC(2024, 0, 1 + n, 1, 2, 3, dateTime === 'seconds' ? 0 : 4)).toISOString();
    case 'JSON':
      return { n, list: [null, 'x', { deep: true }] };
    case 'Bytes':
      return bytes(n);
    case 'BigInt':
      return `${2n ** 60n + BigInt(n)}`;
    case 'Decimal':
      return `${n}.5`;
    case 'Enum':
      return type!.values[n % type!.values.length]![0];
  }
}

const digits = (n: number): string => `${n}`.padStart(3, '0');

const bytes = (n: number): string => Buffer.from([n, 255, 0]).toString('base64');

/** Orders values of one column as the API does: NULL first, numbers by value, text by code point, bytes by byte. */
export function compareValues({ scalar, wire, enum: type }: ColumnModel, a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  switch (scalar) {
    case 'Int':
    case 'Float':
    case 'Boolean':
    case 'Decimal':
      return Number(a) - Number(b);
    case 'BigInt':
      return compareIntegers(a, b);
    case 'Bytes':
      return Buffer.compare(Buffer.from(String(a), 'base64'), Buffer.from(String(b), 'base64'));
    case 'Enum': {
      const stored = new Map(type!.values);
      return Buffer.compare(Buffer.from(stored.get(String(a))!), Buffer.from(stored.get(String(b))!));
    }
    case 'ID':
      if (wire === 'int' || wire === 'int64') return compareIntegers(a, b);
      if (wire === 'blob') return Buffer.compare(Buffer.from(String(a), 'base64'), Buffer.from(String(b), 'base64'));
  }
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

const compareIntegers = (a: unknown, b: unknown): number => Number(BigInt(String(a)) - BigInt(String(b)));
