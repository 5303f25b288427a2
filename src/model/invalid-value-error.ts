/** A value that a column cannot hold. The message ("Expected …, but got …") is fit for clients. */
export class InvalidValueError extends Error {
  override readonly name = 'InvalidValueError';
  readonly expected: string;

  /** @param expected What the column holds, after "Expected". @param value What came instead; shown cut to 64 characters. */
  constructor(expected: string, value: unknown) {
    super(`Expected ${expected}, but got ${show(value)}.`);
    this.expected = expected;
  }
}

const MAX_SHOWN_CHARACTERS = 64;

function show(value: unknown): string {
  const text = showWhole(value).toWellFormed();
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…`;
}

function showWhole(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.slice(0, MAX_SHOWN_CHARACTERS));
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'a list';
      return value instanceof Date ? 'a date' : 'an object';
    default:
      return `a ${typeof value}`;
  }
}
