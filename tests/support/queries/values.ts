/** What values of each kind mean: how they compare, and what exact arithmetic makes of them. */
import type { Column, Kind, Value } from './world.ts';

/** Null is smallest; numbers by value, text by code point, bytes by byte, enums by their stored text. */
export function compareValues(column: Pick<Column, 'kind' | 'stored'>, a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  switch (column.kind) {
    case 'int':
    case 'float':
    case 'boolean':
      return Number(a) - Number(b);
    case 'intId':
    case 'bigInt':
    case 'decimal':
      return compareExact(parseExact(String(a)), parseExact(String(b)));
    case 'bytes':
    case 'bytesId':
      return Buffer.compare(Buffer.from(String(a), 'base64'), Buffer.from(String(b), 'base64'));
    case 'enum':
      return compareText(column.stored[String(a)]!, column.stored[String(b)]!);
    default:
      return compareText(String(a), String(b));
  }
}

/** By code point: surrogates are above all other code units. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    const [high, low] = [isSurrogate(left), isSurrogate(right)];
    return high === low ? left - right : high ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** `units` / 10^`scale`. */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

export function parseExact(text: string): Exact {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text)!;
  const scale = fraction.length - Number(exponent);
  const units = BigInt(`${sign}${whole}${fraction}`);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

const at = ({ units, scale }: Exact, common: number): bigint => units * 10n ** BigInt(common - scale);

export function compareExact(a: Exact, b: Exact): number {
  const common = Math.max(a.scale, b.scale);
  const difference = at(a, common) - at(b, common);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function addExact(values: readonly Exact[]): Exact {
  const scale = Math.max(0, ...values.map((value) => value.scale));
  return { units: values.reduce((sum, value) => sum + at(value, scale), 0n), scale };
}

/** The shortest text. */
export function exactText({ units, scale }: Exact): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  const fraction = digits.slice(cut).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${fraction ? `.${fraction}` : ''}`;
}

/** The quotient with at most 34 significant digits, half to even. */
export function divideExact({ units, scale }: Exact, by: number): Exact {
  if (units === 0n) return { units: 0n, scale: 0 };
  const negative = units < 0n;
  const divisor = BigInt(by);
  // Far more digits than are wanted, and one that tells whether anything is left.
  const shift = 80;
  const numerator = (negative ? -units : units) * 10n ** BigInt(shift);
  const digits = `${numerator / divisor}${numerator % divisor === 0n ? '0' : '1'}`;
  const cut = Math.min(34, digits.length);
  const rest = digits.slice(cut);
  let kept = BigInt(digits.slice(0, cut));
  const half = `5${'0'.repeat(Math.max(0, rest.length - 1))}`;
  if (rest > half || (rest === half && kept % 2n === 1n)) kept += 1n;
  const left = scale + shift + 1 - rest.length;
  const value = { units: negative ? -kept : kept, scale: left };
  return left < 0 ? { units: value.units * 10n ** BigInt(-left), scale: 0 } : value;
}

export const isNumeric = (kind: Kind): boolean => ['int', 'float', 'bigInt', 'decimal'].includes(kind);
/** Numbers that GraphQL has as text. */
export const isExactText = (kind: Kind): boolean => kind === 'bigInt' || kind === 'decimal';
