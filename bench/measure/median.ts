/** The middle value, or the mean of the two middle ones. Throws if there is none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('Expected at least one value, but got none.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
