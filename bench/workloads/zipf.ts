/** As YCSB has it: the usual skew of keys in benchmarks. */
const EXPONENT = 0.99;

/** Ranks 0 to count − 1, the n-th drawn with a probability proportional to 1 / n^exponent, from uniform numbers in [0, 1). */
export function makeZipf(count: number, exponent = EXPONENT): (uniform: number) => number {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** exponent;
    cumulative[rank] = sum;
  }
  return (uniform) => firstAbove(cumulative, uniform * sum);
}

function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
