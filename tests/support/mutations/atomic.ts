/** Changes in place, worked out exactly. */
import { Refused } from './rows.ts';
import { type Column, type Row, SHAPES, type Type, type Value } from './shapes.ts';

/** The new values of the columns that are changed in place. @throws Refused for what a column cannot hold. */
export function applyAtomic(type: Type, row: Row, atomic: Value): Row {
  return Object.fromEntries(
    Object.entries((atomic ?? {}) as Row).map(([name, changes]) => {
      const column = SHAPES[type].columns[name]!;
      let value = row[name];
      const given = Object.entries(changes as Row).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
      for (const [change, operand] of given) value = changed(column, value, change, operand);
      return [name, held(column, value)];
    }),
  );
}

/** In which changes of a column are made. */
const ORDER = [
  'setIfNull',
  'multiply',
  'increment',
  'decrement',
  'min',
  'max',
  'prepend',
  'merge',
  'set',
  'unset',
  'append',
];

function changed({ kind }: Column, value: Value, change: string, operand: Value): Value {
  if (change === 'setIfNull') return value ?? operand;
  if (kind === 'json') return changedJson(structuredClone(value), change, operand);
  if (value === null) return null;
  if (change === 'append') return `${value}${operand}`;
  if (change === 'prepend') return `${operand}${value}`;
  if (kind === 'float') return number(value, change, operand);
  if (kind === 'int') return Number(integer(BigInt(value), change, BigInt(operand)));
  if (kind === 'bigint') return String(integer(BigInt(value), change, BigInt(operand)));
  return decimal(value, change, operand);
}

/** Paths have one or two names here, without positions. */
function changedJson(value: Value, change: string, operand: Value): Value {
  if (change === 'merge') return merged(value, operand);
  let result = value;
  for (const element of operand) {
    const { path = '', value: item } = change === 'unset' ? { path: element } : element;
    result = changedAt(result, path === '' ? [] : path.split('.'), change, item);
  }
  return result;
}

function merged(value: Value, patch: Value): Value {
  if (!isObject(patch)) return patch;
  const result: Record<string, Value> = isObject(value) ? { ...value } : {};
  for (const [name, each] of Object.entries(patch)) {
    if (each === null) delete result[name];
    else result[name] = merged(result[name], each);
  }
  return result;
}

function changedAt(value: Value, [name, ...rest]: string[], change: string, item: Value): Value {
  if (name === undefined) {
    if (change === 'set') return item;
    if (value === undefined || value === null) return [item];
    if (!Array.isArray(value)) throw new Refused('INVALID_VALUE');
    return [...value, item];
  }
  if (change === 'unset') {
    if (!isObject(value) || !(name in value)) return value;
    const { [name]: inner, ...others } = value;
    return rest.length === 0 ? others : { ...others, [name]: changedAt(inner, rest, change, item) };
  }
  const container = value ?? {};
  if (!isObject(container)) throw new Refused('INVALID_VALUE');
  return { ...container, [name]: changedAt(container[name], rest, change, item) };
}

const isObject = (value: Value): value is Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function number(a: number, change: string, b: number): number {
  if (change === 'min') return Math.min(a, b);
  if (change === 'max') return Math.max(a, b);
  return (change === 'multiply' ? a * b : change === 'increment' ? a + b : a - b) + 0;
}

function integer(a: bigint, change: string, b: bigint): bigint {
  if (change === 'min') return a < b ? a : b;
  if (change === 'max') return a > b ? a : b;
  return change === 'multiply' ? a * b : change === 'increment' ? a + b : a - b;
}

const SCALE = 30;

/** As a number of 10^-30. */
function scaled(text: string): bigint {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e') as [string, string?];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  const digits = BigInt(whole + fraction);
  return digits * 10n ** BigInt(SCALE + Number(exponent) - fraction.length);
}

function unscaled(value: bigint): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -SCALE)}${fraction && `.${fraction}`}`;
}

/** A decimal in the one form that is compared. */
export const canonicalDecimal = (text: string): string => unscaled(scaled(text));

function decimal(a: string, change: string, b: string): string {
  const [x, y] = [scaled(a), scaled(b)];
  return unscaled(change === 'multiply' ? (x * y) / 10n ** BigInt(SCALE) : integer(x, change, y));
}

function held({ kind }: Column, value: Value): Value {
  if (value === null) return null;
  const fits =
    kind === 'int'
      ? value >= -(2 ** 31) && value < 2 ** 31
      : kind === 'bigint'
        ? BigInt.asIntN(64, BigInt(value)) === BigInt(value)
        : kind === 'decimal'
          ? value.replace(/^-?0*\.?0*|\./g, '').replace(/0+$/, '').length <= 15
          : kind !== 'float' || Number.isFinite(value);
  if (!fits) throw new Refused('INVALID_VALUE');
  return value;
}
