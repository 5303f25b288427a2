/** Thrown by code that users of ShardQL wrote: what they threw, and no `ShardQLError`. Masked for clients. */
export class UserCodeError extends Error {
  override readonly name = 'UserCodeError';
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('Code that users wrote failed.');
    this.cause = cause;
  }
}
