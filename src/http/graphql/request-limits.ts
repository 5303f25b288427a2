/**
 * What one request to `/graphql` may hold, each at least 1. Requests that hold more are refused before they are validated. Fields and
 * aliases of a fragment count wherever it is spread.
 */
export interface RequestLimits {
  /** Bytes of its body. Default 10,000,000: a row may hold 2 MB, and JSON escapes lengthen text up to six times. */
  readonly bodyBytes: number;
  /** Names, values and signs of the document. Default 15,000. */
  readonly tokens: number;
  /** Fields of the query or mutation type in an operation: each is planned and read by itself. Default 100. */
  readonly rootFields: number;
  /** Fields in an operation. Default 10,000. */
  readonly fields: number;
  /** Aliases in an operation. Default 500. */
  readonly aliases: number;
  /** Directives in the document. Default 500. */
  readonly directives: number;
  /** Operations and fragments in the document: fragments are compared with each other. Default 300. */
  readonly definitions: number;
}

const DEFAULTS: RequestLimits = {
  bodyBytes: 10_000_000,
  tokens: 15_000,
  rootFields: 100,
  fields: 10_000,
  aliases: 500,
  directives: 500,
  definitions: 300,
};

/**
 * Fills in the defaults.
 *
 * @throws RangeError that names the limit unless every value is a whole number from 1 on.
 */
export function toRequestLimits(given: Partial<RequestLimits>): RequestLimits {
  const limits = { ...DEFAULTS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in DEFAULTS)) {
      throw new RangeError(`Expected limits to be ${Object.keys(DEFAULTS).join(', ')}, but got ${name}.`);
    }
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`Expected limits.${name} to be a whole number from 1 on, but got ${value}.`);
  }
  return limits;
}
