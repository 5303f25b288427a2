const { Error: RealError } = globalThis;

/** Takes the place of `Error` as the base of error classes: as it, but for the stack. */
function StacklessError(this: Error, message: string): void {
  Object.defineProperty(this, 'message', { value: message, writable: true, configurable: true });
}
StacklessError.prototype = RealError.prototype;
StacklessError.captureStackTrace = () => {};

globalThis.Error = StacklessError as unknown as ErrorConstructor;

/** Ends what importing this file began. Classes that were declared meanwhile go back to being made by `Error`. */
export function restoreError(...classes: readonly ErrorConstructor['prototype']['constructor'][]): void {
  globalThis.Error = RealError;
  for (const each of classes) Object.setPrototypeOf(each, RealError);
}
