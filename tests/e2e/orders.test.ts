/** Orders by aggregates over columns of every type, on several shards: exact, and the same page by page. */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';

const random = createRandom(seedOfRun());
type Value = string | number | boolean | null;
type Key = bigint | number | string;

const hex = (value: Value): string => Buffer.from(String(value), 'base64').toString('hex');
/** Fixed-width code points: compares as UTF-8 bytes do. */
const codePoints = (value: Value): string =>
  Array.from(String(value), (character) => character.codePointAt(0)!.toString(16).padStart(6, '0')).join('');
const stored: Readonly<Record<string, string>> = { LOW: 'low', HIGH: 'high' };

/** Values of nullable columns of every type, and what they compare by. */
const COLUMNS: Readonly<Record<string, readonly [values: readonly Value[], keyOf: (value: Value) => Key]>> = {
  textOrNull: [['', 'a', 'B', '\u{1F600}', '\uFF5E', 'a\u0000'], codePoints],
  levelOrNull: [['LOW', 'HIGH'], (value) => stored[String(value)]!],
  integerOrNull: [[-2_147_483_648, -1, 0, 7, 2_147_483_647], Number],
  flagOrNull: [[true, false], Number],
  millisecondsOrNull: [['1969-12-31T23:59:59.999Z', '2025-01-01T00:00:00.001Z'], String],
  realOrNull: [[-1.5, -0.25, 0, 0.5, 5e-324, 1e300], Number],
  decimalOrNull: [['-123456789012.5', '0.25', '999999999999999', '0', '-0.5'], Number],
  bytesOrNull: [['', 'AA==', 'AP8=', '/w=='], hex],
  blobBigint: [['-9223372036854775808', '9223372036854775807', '9', '10'], (value) => BigInt(value!)],
  wideOrNull: [['-9007199254740993', '-9007199254740992', '9223372036854775807'], (value) => BigInt(value!)],
  momentOrNull: [['0000-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'], String],
};
const NUMBERS = ['integerOrNull', 'realOrNull', 'decimalOrNull', 'blobBigint', 'wideOrNull'];

interface Account {
  readonly id: string;
  readonly samples: readonly Readonly<Record<string, Value>>[];
}

const accounts: readonly Account[] = Array.from({ length: 14 }, (_, at) => ({
  id: `account-${String(at).padStart(2, '0')}`,
  samples: Array.from({ length: below(random, 4) }, () =>
    Object.fromEntries(
      Object.entries(COLUMNS).map(([name, [values]]) => [name, below(random, 3) === 0 ? null : pick(random, values)]),
    ),
  ),
}));

let server: Server;
beforeAll(async () => {
  server = await startServer({ shards: 4, config: 'tests/e2e/all-types-worker/wrangler.toml' });
  let wide = 0;
  for (const { id, samples } of accounts) {
    const data = samples.map((sample, at) => ({
      ...sample,
      accountId: id,
      id: `${at}`,
      textValue: 't',
      wide: `${wide++}`,
    }));
    const answer = await server.graphql(
      `mutation (${['$id: ID!', ...data.map((_, at) => `$s${at}: SampleCreateInput!`)]}) {
        createAccount(data: { id: $id, name: "A" }) { id }
        ${data.map((_, at) => `s${at}: createSample(data: $s${at}) { id }`).join('\n')} }`,
      { id, ...Object.fromEntries(data.map((sample, at) => [`s${at}`, sample])) },
    );
    expect(answer.errors).toEqual([]);
  }
});
afterAll(() => server?.stop());

/** What an account is ordered by; null without a value. */
function keyOf({ samples }: Account, fn: string, column: string): Key | null {
  const [, toKey] = COLUMNS[column]!;
  const present = samples.map((sample) => sample[column]!).filter((value) => value !== null);
  const keys = present.map(toKey).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (fn === 'countDistinct') return new Set(keys).size;
  if (keys.length === 0) return null;
  if (fn === 'min') return keys[0]!;
  if (fn === 'max') return keys.at(-1)!;
  const isBig = typeof keys[0] === 'bigint';
  // Of these values no sum depends on the order in which they are added.
  const sum = isBig
    ? Number((keys as bigint[]).reduce((total, value) => total + value, 0n))
    : (keys as number[]).reduce((total, value) => total + value, 0);
  return fn === 'sum' ? sum : sum / keys.length;
}

function expectedIds(fn: string, column: string, direction: string): string[] {
  const [way, , nulls] = direction.split('_');
  const nullSign = (nulls ?? (way === 'ASC' ? 'FIRST' : 'LAST')) === 'FIRST' ? -1 : 1;
  const keyed = accounts.map((account) => ({ id: account.id, key: keyOf(account, fn, column) }));
  keyed.sort((a, b) => {
    if (a.key === b.key) return a.id < b.id ? -1 : 1;
    if (a.key === null) return nullSign;
    if (b.key === null) return -nullSign;
    return (a.key < b.key ? -1 : 1) * (way === 'ASC' ? 1 : -1);
  });
  return keyed.map(({ id }) => id);
}

async function walk(order: string, way: 'first' | 'last'): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const boundary = way === 'first' ? 'after' : 'before';
    const { data, errors } = await server.graphql(
      `query ($cursor: String) { accounts(orderBy: [${order}], ${way}: 5, ${boundary}: $cursor) {
        nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      { cursor },
    );
    expect(errors, order).toEqual([]);
    const { nodes, pageInfo } = data.accounts;
    const page = nodes.map(({ id }: Account) => id);
    ids.splice(way === 'first' ? ids.length : 0, 0, ...page);
    if (!(way === 'first' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return ids;
    cursor = way === 'first' ? pageInfo.endCursor : pageInfo.startCursor;
  }
}

const DIRECTIONS = ['ASC', 'DESC', 'ASC_NULLS_FIRST', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST', 'DESC_NULLS_LAST'];

it.each(Object.keys(COLUMNS))('by aggregates of %s', async (column) => {
  const functions = ['min', 'max', 'countDistinct', ...(NUMBERS.includes(column) ? ['sum', 'avg'] : [])];
  for (const fn of functions) {
    const direction = pick(random, DIRECTIONS);
    const order = `{ samplesAggregate: { ${fn}: { ${column}: ${direction} } } }`;
    const expected = expectedIds(fn, column, direction);
    expect(await walk(order, 'first'), order).toEqual(expected);
    expect(await walk(order, 'last'), order).toEqual(expected);
  }
});
