/** What was thrown, in a line. */
export const headline = (thrown: unknown): string =>
  inOwnWords(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `${show(thrown)} (thrown, and no Error)`);

/** What SQLite says of a database that has reached the platform's limit tells nobody what to do. */
const inOwnWords = (text: string): string =>
  text.replaceAll(
    /(?:database or disk is full: )?SQLITE_FULL\b/g,
    'Expected a database with room, but got one at the limit of the platform. Delete or purge rows in smaller portions.',
  );

/** With the lines of its stack, and what caused it. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return headline(thrown);
  const own = thrown.stack === undefined ? headline(thrown) : inOwnWords(thrown.stack);
  const parts =
    thrown instanceof AggregateError ? thrown.errors.map((each) => `one of them: ${describeError(each)}`) : [];
  // A cause may lead back to what it caused.
  const cause =
    thrown.cause === undefined || thrown.cause === thrown ? [] : [`caused by: ${describeCause(thrown.cause)}`];
  return [own, ...parts, ...cause].join('\n');
}

const describeCause = (cause: unknown): string =>
  cause instanceof Error && cause.stack !== undefined ? inOwnWords(cause.stack) : headline(cause);

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
