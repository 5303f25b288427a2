/** SQL's three-valued logic. */

/** Null: unknown. */
export type Truth = boolean | null;

export const and = (parts: Iterable<Truth>): Truth => {
  let result: Truth = true;
  for (const part of parts) {
    if (part === false) return false;
    if (part === null) result = null;
  }
  return result;
};
export const not = (truth: Truth): Truth => (truth === null ? null : !truth);
export const or = (parts: Iterable<Truth>): Truth => not(and([...parts].map(not)));
