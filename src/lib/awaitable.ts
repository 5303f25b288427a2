/**
 * What may be there already. Where it is, nothing is awaited: each `await` costs a turn of the microtask queue, and one more for each function
 * around it.
 */
export type Awaitable<Value> = Value | Promise<Value>;

/** What follows from a value: at once where the value is there. */
export const whenThere = <Value, Result>(
  value: Awaitable<Value>,
  use: (value: Value) => Awaitable<Result>,
): Awaitable<Result> => (value instanceof Promise ? value.then(use) : use(value));
