/**
 * The shortest list found that still fails: ever smaller parts are cut out for as long as what is left does.
 *
 * @param fails asked at most `attempts` times.
 */
export async function reduce<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
  attempts: number,
): Promise<T[]> {
  let left = [...all];
  let size = Math.ceil(left.length / 2);
  for (let attempt = 0; attempt < attempts; ) {
    let isCut = false;
    for (let start = left.length - size; start > -size && attempt < attempts; start -= size) {
      const some = left.filter((_, index) => index < start || index >= start + size);
      if (some.length === left.length) continue;
      attempt++;
      if (!(await fails(some))) continue;
      left = some;
      isCut = true;
    }
    if (size === 1 && !isCut) break;
    if (!isCut || size > left.length) size = Math.max(1, Math.floor(size / 2));
  }
  return left;
}
