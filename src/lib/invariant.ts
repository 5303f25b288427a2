/**
 * Holds what must be so unless this program is wrong: neither a request nor the platform can break it.
 *
 * @throws Error, which nothing expects: it is logged whole, and a client sees INTERNAL_SERVER_ERROR.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) violated(message);
}

/** The same where the message would take time to write, or for a branch that cannot be reached. */
export function violated(message: string): never {
  throw new Error(message);
}
