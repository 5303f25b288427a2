import type { ColumnModel } from '../../src/model/types.ts';

/** Integers that a column of wire kind `int` holds, its bounds among them. */
export function fittingIntegers({
  name,
  scalar,
  dateTime,
}: Pick<ColumnModel, 'name' | 'scalar' | 'dateTime'>): number[] {
  const [least, greatest] = boundsOf(name, scalar, dateTime);
  return [0, 1, -1, 2, 7, 42, 100, 2 ** 30 - 1, greatest, least].filter((n) => n >= least && n <= greatest);
}

function boundsOf(
  name: string,
  scalar: ColumnModel['scalar'],
  dateTime: ColumnModel['dateTime'],
): [least: number, greatest: number] {
  if (scalar === 'Boolean') return [0, 1];
  if (dateTime === 'seconds') return [-62_167_219_200, 253_402_300_799];
  if (dateTime === 'milliseconds') return [-62_167_219_200_000, 253_402_300_799_999];
  // Another column of 32 bits is its double.
  if (name === 'integerValue') return [-(2 ** 30), 2 ** 30 - 1];
  return scalar === 'Int' ? [-(2 ** 31), 2 ** 31 - 1] : [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}
