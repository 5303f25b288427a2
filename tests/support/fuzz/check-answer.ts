/** What must never be in an answer, whatever was asked. */

/** The error codes of the contract, but for the one that no request may provoke. */
const CODES = new Set(
  `GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED BAD_USER_INPUT UNAUTHENTICATED FORBIDDEN NOT_FOUND CONFLICT
  UNIQUE_VIOLATION FOREIGN_KEY_VIOLATION NOT_NULL_VIOLATION CHECK_VIOLATION VALUE_TOO_LARGE RATE_LIMITED
  COST_LIMIT_EXCEEDED DEPTH_LIMIT_EXCEEDED FANOUT_LIMIT_EXCEEDED TOKEN_LIMIT_EXCEEDED PERSISTED_QUERY_NOT_FOUND
  PERSISTED_QUERY_ONLY OVERLOADED SHARD_UNAVAILABLE SHARD_FULL ARCHIVE_UNREADABLE MIGRATION_FAILED OPERATION_LIMIT_EXCEEDED REQUEST_TOO_LARGE
  DEADLINE_EXCEEDED IDEMPOTENCY_CONCURRENT_REQUEST IDEMPOTENCY_KEY_PARAMETER_MISMATCH`.split(/\s+/),
);

/** SQL, stacks, file paths, internal names, and values of JavaScript that nobody meant to print. */
const LEAKS: readonly RegExp[] = [
  /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^"]{0,40}\b(FROM|VALUES|SET|WHERE)\b/,
  /\bsqlite\w*|no such (table|column|function)|syntax error near|UNIQUE constraint failed|datatype mismatch/i,
  /\bjson_(each|extract|group_array|array|object|type)\b/,
  /(?<![\w$])_(version|keys|log|slots|clock|operations|placements|published|migrations|epoch|catalog|assignment|search)\b/,
  /\b(order_items|tenant_id|customer_id|product_id|order_id|created_at|total_cents|price_cents|unit_price_cents)\b/,
  /\bat \w[\w.<>]* \(|\bat async\b|\.[cm]?[jt]s:\d+|node_modules|file:\/\/|\/(src|home|tmp|root|work)\//,
  /\b(TypeError|RangeError|ReferenceError|SyntaxError|DurableObject|RpcTarget|workerd|ShardQLError)\b/,
  /\bundefined\b|\[object \w+\]|Cannot read propert|is not a function|is not iterable|Maximum call stack/,
];

/** Words about each thing that is wrong with an answer. */
export function problemsOf(sent: string, status: number, text: string): string[] {
  if (status >= 500) return [`status ${status}: ${text.slice(0, 500)}`];
  let answer: { data?: unknown; errors?: readonly { message?: unknown; extensions?: { code?: unknown } }[] };
  try {
    answer = JSON.parse(text);
  } catch {
    return [`no JSON (status ${status}): ${text.slice(0, 500)}`];
  }
  const { errors = [] } = answer;
  const problems = errors
    .filter(({ extensions }) => !CODES.has(String(extensions?.code)))
    .map((error) => `an unknown code: ${JSON.stringify(error)}`);
  for (const error of errors) {
    const leak = LEAKS.map((pattern) => pattern.exec(JSON.stringify(error))?.[0]).find(
      // What the client wrote itself tells it nothing.
      (found) => found !== undefined && !sent.includes(found),
    );
    if (leak !== undefined) problems.push(`a leak of ${JSON.stringify(leak)}: ${JSON.stringify(error)}`);
  }
  if (errors.length === 0 && (typeof answer.data !== 'object' || answer.data === null)) {
    problems.push(`neither data nor errors (status ${status}): ${text.slice(0, 500)}`);
  }
  return problems;
}
