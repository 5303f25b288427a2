/**
 * Holds what must be so unless this program is wrong: neither a request nor the platform can break it.
 *
 * @throws Error, which nothing expects: it is logged whole, and a client sees INTERNAL_ERROR.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
