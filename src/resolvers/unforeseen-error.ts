/** Errors that nobody foresaw: told to whoever runs the Worker, masked for clients. */

/** Thrown by code that users of ShardQL wrote: what they threw, and no `ShardQLError`. */
export class WrittenCodeError extends Error {
  override readonly name = 'WrittenCodeError';
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('Code that users wrote failed.');
    this.cause = cause;
  }
}

interface Place {
  readonly requestId: string;
  /** Of the field, in the response; undefined where no field ran. */
  readonly path: readonly (string | number)[] | undefined;
}

/** One line of JSON where logs are collected, and text for people in development. */
export function logUnforeseen(error: unknown, { requestId, path }: Place, isDevelopment: boolean): void {
  const text = describe(error instanceof WrittenCodeError ? error.cause : error);
  console.error(
    isDevelopment
      ? `Error in ${path ? path.join('.') : 'a request'} (request ${requestId}):\n${text}`
      : JSON.stringify({ level: 'error', requestId, error: text }),
  );
}

/** What was thrown, in a line, for clients of a Worker in development. */
export const headline = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `${show(thrown)} (thrown, and no Error)`;

/** With the lines of its stack, and what caused it. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return headline(thrown);
  const own = thrown.stack ?? headline(thrown);
  const parts = thrown instanceof AggregateError ? thrown.errors.map((each) => `one of them: ${describe(each)}`) : [];
  // A cause may lead back to what it caused.
  const cause =
    thrown.cause === undefined || thrown.cause === thrown ? [] : [`caused by: ${describeCause(thrown.cause)}`];
  return [own, ...parts, ...cause].join('\n');
}

const describeCause = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? headline(cause)) : headline(cause);

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
