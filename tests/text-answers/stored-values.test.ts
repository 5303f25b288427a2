/**
 * Stored values that shards write as JSON: each as the executor shows it, or left to it. What no client could have stored is stored by SQL,
 * in columns without checks.
 */
import { expect, it } from 'vitest';
import model from '../models/all-types/model.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { bothWays } from '../support/text/both-ways.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** Text of any bytes. */
const bytes = (hex: string): string => `CAST(x'${hex}' AS TEXT)`;
const range = (length: number) => Array.from({ length }, (_, at) => at);

const ASCII = range(128).map((code) => bytes(`61${code.toString(16).padStart(2, '0')}62`));
const UNICODE = [
  '',
  '"',
  '\\',
  '\\u0041',
  '\u2028\u2029',
  '\uFEFF',
  '\u0080\u009F',
  'é',
  'ÿ',
  '\uD7FF\uE000',
  '\uFFFE\uFFFF',
  '💚',
  '\u{10FFFF}',
].map(quoted);
/** Cut off, too long, surrogates, beyond Unicode, lone continuations: no UTF-8. */
const BROKEN = [
  'ff',
  'c3',
  '61c3',
  'c361',
  'e282',
  'e28261',
  'f09f92',
  'c080',
  'e08080',
  'eda080',
  'edb080',
  'eda0bdedb29a',
  'f4908080',
  '80',
  'bfbf',
  'fe',
  'c3c3a9',
  '00ff00',
  'f8888080',
  '22c322',
  '5cc3',
].map(bytes);
const LONG = [
  `printf('%.99999c', 'x')`,
  `printf('%.100000c', 'x')`,
  `replace(hex(zeroblob(50001)), '0', 'x')`,
  `replace(printf('%.60000c', 'x'), 'x', char(7))`,
];
const OTHERS = ['1', '-0.0', '1.5', '1e21', "x'61'", "x''"];

const TEXTS = [...ASCII, ...UNICODE, ...BROKEN, ...LONG, ...OTHERS];
const INTEGERS = [0, 1, -1, 7, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 2 ** 53 - 1, -(2 ** 53)].map(
  String,
);
const NUMBERS = [
  ...INTEGERS,
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '-0.0',
  '1.0',
  '0.5',
  '1e21',
  '9e999',
  '-9e999',
  '5e-324',
  "'7'",
  "'seven'",
  "x'37'",
  "x'00'",
];
const MOMENTS = [
  '2026-01-31T09:05:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2024-02-29T23:59:59.001Z',
  '2023-02-29T00:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-04-31T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-00-10T00:00:00.000Z',
  '2026-01-00T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T23:60:00.000Z',
  '2026-01-01T23:59:60.000Z',
  '2026-01-01t00:00:00.000z',
  '2026-01-01T00:00:00.000z',
  '2026-01-01 00:00:00.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000',
  '2026-01-01T00:00:00.0000Z',
  '2026-01-01T00:00:00.000+00:00',
  '-001-01-01T00:00:00.000Z',
  '10000-01-01T00:00:00.000Z',
  'now',
  '',
  '2460000',
  ' 2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.000Z ',
  '1900-02-29T00:00:00.000Z',
  '2000-02-29T00:00:00.000Z',
  '2026-01-01T00:00:00.999Z',
  '2026-01-01T00:00:00.995Z',
].map(quoted);
const DIGITS = [
  '0',
  '-0',
  '1',
  '-1',
  '007',
  '+1',
  '1.0',
  '',
  ' 1',
  '1 ',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '99999999999999999999',
  'abc',
  '1e3',
];

const CASES: readonly (readonly [field: string, column: string, values: readonly string[], written: number])[] = [
  ['textValue', 'text_value', TEXTS, 169],
  ['textOrNull', 'text_or_null', ['NULL', ...TEXTS], 170],
  [
    'level',
    'level',
    ["'low'", "'veryHigh'", "'in between'", "'LOW'", "'high'", "''", "'low '", "x'6c6f77'", '1', bytes('6c6f7700')],
    3,
  ],
  ['levelOrNull', 'level_or_null', ['NULL', "'low'", "'high'", "'HIGH'"], 3],
  ['integerValue', 'integer_value', NUMBERS, 9],
  ['integerOrNull', 'integer_or_null', ['NULL', ...NUMBERS], 10],
  ['flag', 'flag', NUMBERS, 4],
  ['flagOrNull', 'flag_or_null', ['NULL', ...NUMBERS], 5],
  ['wide', 'wide', NUMBERS, 17],
  ['wideOrNull', 'wide_or_null', ['NULL', ...NUMBERS], 18],
  ['moment', 'moment', [...MOMENTS, ...OTHERS], 7],
  ['momentOrNull', 'moment_or_null', ['NULL', ...MOMENTS], 8],
  [
    'blobBigint',
    'blob_bigint',
    ['NULL', ...DIGITS.map((digits) => `CAST(${quoted(digits)} AS BLOB)`), ...DIGITS.map(quoted), '5'],
    6,
  ],
  ['nodeId', 'id', TEXTS, 105],
];

it.each(CASES)('%s is shown as by the executor, whatever is stored', async (field, column, values, written) => {
  const worker = createLabWorker(model, 1);
  const { errors } = await worker.graphql(
    'mutation { createAccount(data: { id: "a", name: "A" }) { id } createSample(data: { accountId: "a", id: "s", textValue: "t" }) { id } }',
  );
  expect(errors).toEqual([]);
  const { answer } = bothWays(worker);
  let texts = 0;
  for (const [at, value] of values.entries()) {
    // Whichever key the row has now. Of what is shown otherwise a shard remembers nothing.
    const query = `query @consistency(mode: STRONG) { samples(shardKey: "a", first: 2) { nodes { a${at}: ${field} b: ${field} } } }`;
    let isStored = true;
    await worker.inShards(({ storage }) => {
      try {
        storage.sql.exec(`UPDATE samples SET "${column}" = ${value}`);
      } catch {
        // A check keeps it out.
        isStored = false;
      }
    });
    if (!isStored) continue;
    const { written: text, executed, shardTexts } = await answer({ query });
    expect(text, value.slice(0, 100)).toBe(executed);
    texts += shardTexts;
  }
  expect(texts).toBe(written);
});
