/** Exact arithmetic on wire values. What a column cannot hold shows when the result is held to it. */
import {
  addExact,
  compareExact,
  type ExactDecimal,
  exactToText,
  multiplyExact,
  negateExact,
  parseExact,
} from '../../../lib/exact-decimal.ts';
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { ColumnModel, WireValue } from '../../../model/types.ts';

type Wire = Exclude<WireValue, null>;
type NumberChange = 'increment' | 'decrement' | 'multiply' | 'min' | 'max';
type Arithmetic = (change: NumberChange, current: Wire, operand: Wire) => Wire;

interface NumberForm<T> {
  readonly parse: (wire: Wire) => T;
  readonly toWire: (value: T) => Wire;
  readonly add: (a: T, b: T) => T;
  readonly negate: (value: T) => T;
  readonly multiply: (a: T, b: T) => T;
  readonly isLess: (a: T, b: T) => boolean;
}

const arithmetic =
  <T>({ parse, toWire, add, negate, multiply, isLess }: NumberForm<T>): Arithmetic =>
  (change, current, operand) => {
    const [a, b] = [parse(current), parse(operand)];
    switch (change) {
      case 'increment':
        return toWire(add(a, b));
      case 'decrement':
        return toWire(add(a, negate(b)));
      case 'multiply':
        return toWire(multiply(a, b));
      case 'min':
        return isLess(b, a) ? operand : current;
      case 'max':
        return isLess(a, b) ? operand : current;
    }
  };

const integers: Omit<NumberForm<bigint>, 'toWire'> = {
  parse: BigInt,
  add: (a, b) => a + b,
  negate: (value) => -value,
  multiply: (a, b) => a * b,
  isLess: (a, b) => a < b,
};

const INTEGER = arithmetic<bigint>({ ...integers, toWire: Number });
const BIG_INTEGER = arithmetic<bigint>({ ...integers, toWire: String });

const DOUBLE = arithmetic<number>({
  parse: Number,
  // Without the sign of zero, which SQLite does not keep.
  toWire: (value) => value + 0,
  add: (a, b) => a + b,
  negate: (value) => -value,
  multiply: (a, b) => a * b,
  isLess: (a, b) => a < b,
});

const DECIMAL = arithmetic<ExactDecimal>({
  parse: (wire) => parseExact(String(wire)),
  toWire: exactToText,
  add: addExact,
  negate: negateExact,
  multiply: multiplyExact,
  isLess: (a, b) => compareExact(a, b) < 0,
});

/** Null: its values are no numbers. */
export const arithmeticOf = memoizeByObject(({ scalar }: ColumnModel): Arithmetic | null => {
  switch (scalar) {
    case 'Int':
      return INTEGER;
    case 'BigInt':
      return BIG_INTEGER;
    case 'Float':
      return DOUBLE;
    case 'Decimal':
      return DECIMAL;
    default:
      return null;
  }
});
