/** SQLite holds at least this many digits of a decimal exactly, however it stores it. */
const SIGNIFICANT_DIGITS = 15;

/**
 * A number read from a decimal column as plain decimal text (`-12.5`, never `1e+21`). Whole numbers keep all their digits,
 * also more than a decimal may have; what is no number stays as it is.
 */
export function decimalToWire(value: number | string): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value);
  if (Number.isSafeInteger(value)) return String(value + 0);
  // Always in exponent form: `-1.25000000000000e+1`.
  const [mantissa, exponent] = value.toExponential(SIGNIFICANT_DIGITS - 1).split('e') as [string, string];
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  if (digits === '') return '0';
  const point = Number(exponent) + 1;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
