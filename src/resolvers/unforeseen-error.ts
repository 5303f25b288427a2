/** Thrown by code that users of ShardQL wrote: what they threw, and no `ShardQLError`. Masked for clients. */
export class WrittenCodeError extends Error {
  override readonly name = 'WrittenCodeError';
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('Code that users wrote failed.');
    this.cause = cause;
  }
}
