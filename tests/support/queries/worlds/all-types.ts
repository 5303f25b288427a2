import { below, pick, type Random } from '../../random.ts';
import { columns, type Entity, many, one, type Row, type Value, type World } from '../world.ts';

const of = 'accountId=accountId';
const account = one('account', 'Account', 'accountId=id');

const ENTITIES: readonly Entity[] = [
  {
    type: 'Account',
    list: 'accounts',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text'),
    relations: [
      many('samples', 'Sample', 'id=accountId'),
      many('categories', 'Category', 'id=accountId'),
      many('allSeries', 'Series', 'id=accountId'),
    ],
  },
  {
    type: 'Sample',
    list: 'samples',
    shardKey: 'accountId',
    primaryKey: ['accountId', 'id'],
    columns: columns(
      `accountId:id id:id textValue:text textOrNull:text? level:enum levelOrNull:enum? json:json jsonOrNull:json?
      integerValue:int integerOrNull:int? flag:boolean flagOrNull:boolean? seconds:seconds secondsOrNull:seconds?
      milliseconds:dateTime millisecondsOrNull:dateTime? realValue:float realOrNull:float? decimal:decimal
      decimalOrNull:decimal? decimalNumber:decimal? decimalBigint:bigInt? bytes:bytes bytesOrNull:bytes?
      blobJson:json? blobBigint:bigInt? wide:bigInt wideOrNull:bigInt? moment:dateTime momentOrNull:dateTime?
      upper:text?= doubled:int?=`,
      { level: ['low', 'veryHigh', 'in between'], levelOrNull: ['low', 'high'] },
    ),
    relations: [account],
  },
  {
    type: 'Category',
    list: 'categories',
    shardKey: 'accountId',
    primaryKey: ['accountId', 'id'],
    columns: columns('accountId:id id:intId parentId:intId? name:text'),
    relations: [
      account,
      one('parent', 'Category', `${of},parentId=id`),
      many('children', 'Category', `${of},id=parentId`),
      many('allSeries', 'Series', `${of},id=categoryId`, { through: ['SeriesCategory', `${of},seriesId=id`] }),
    ],
  },
  {
    type: 'Series',
    list: 'allSeries',
    shardKey: 'accountId',
    primaryKey: ['accountId', 'id'],
    columns: columns('accountId:id id:id title:text'),
    relations: [
      account,
      many('categories', 'Category', `${of},id=seriesId`, { through: ['SeriesCategory', `${of},categoryId=id`] }),
      many('placements', 'SeriesCategory', `${of},id=seriesId`),
    ],
  },
  {
    type: 'SeriesCategory',
    list: 'seriesCategories',
    shardKey: 'accountId',
    primaryKey: ['accountId', 'seriesId', 'categoryId'],
    columns: columns('accountId:id seriesId:id categoryId:intId position:int'),
    relations: [one('series', 'Series', `${of},seriesId=id`), one('category', 'Category', `${of},categoryId=id`)],
  },
  {
    type: 'Device',
    list: 'devices',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:intId hubId:intId? serial:bigInt name:text'),
    relations: [
      many('readings', 'Reading', 'id=deviceId'),
      one('hub', 'Device', 'hubId=id', { colocated: false }),
      many('attached', 'Device', 'id=hubId', { colocated: false }),
    ],
  },
  {
    type: 'Reading',
    list: 'readings',
    shardKey: 'deviceId',
    primaryKey: ['deviceId', 'takenAt'],
    columns: columns('deviceId:intId takenAt:dateTime celsius:float'),
    relations: [one('device', 'Device', 'deviceId=id')],
  },
  {
    type: 'Document',
    list: 'documents',
    shardKey: 'hash',
    primaryKey: ['hash'],
    columns: columns('hash:bytesId content:text'),
    relations: [],
  },
];

/** Around changes of offset in Berlin, Lord Howe, São Paulo and Apia, and far away. */
const MOMENTS = [
  '2024-03-31T00:59:59.999Z', '2024-03-31T01:00:00.000Z', '2024-10-27T00:30:00.000Z', '2024-10-27T01:30:00.000Z',
  '2024-04-06T14:45:00.000Z', '2024-04-06T15:15:00.000Z', '2018-11-04T02:59:59.000Z', '2018-11-04T03:00:00.000Z',
  '2011-12-30T09:59:59.000Z', '2011-12-30T10:00:00.000Z', '1969-12-31T23:59:59.999Z', '2024-02-29T12:00:00.000Z',
  '2024-12-31T23:30:00.000Z', '2025-01-01T00:30:00.000Z', '1900-01-01T00:00:00.000Z', '2100-07-15T06:07:08.000Z',
]; // biome-ignore format: a table
const TEXTS = [
  '',
  'a',
  'A',
  'ä',
  'Ä',
  '%',
  '_',
  '\\',
  'a\u0000b',
  '\u{1F600}',
  '\uFF5E',
  'zz',
  'Zz',
  '10',
  '9',
  'null',
];
const DECIMALS = ['0', '0.1', '0.2', '0.3', '-0.000001', '1.25', '999999999999999', '-123456789012.345', '7', '10'];
const BIG = [
  '-9223372036854775808',
  '9223372036854775807',
  '9007199254740993',
  '9007199254740992',
  '-1',
  '0',
  '1',
  '17',
];
const JSONS: readonly Value[] = [{}, [], true, 0, 'x', { a: { b: [1, null] }, c: 'x' }, [1.5, { d: false }], { a: 1 }];
const BYTES = ['', 'AA==', 'AP8=', '/w==', 'c29tZSBieXRlcw=='];

/** Every kind of column, with ids across changes of time, and relations of every kind within and across shards. */
export function allTypesWorld(random: Random): World {
  const maybe = <T extends Value>(values: readonly T[], part = 0.35): T | null =>
    random() < part ? null : pick(random, values);
  const quarters = () => (below(random, 41) - 20) / 4;
  const rows: Record<string, Row[]> = Object.fromEntries(ENTITIES.map(({ type }) => [type, []]));
  for (const [index, id] of ['a', 'B', '\u{1F600}', '\uFF5E', '0', 'long'.repeat(50)].entries()) {
    rows.Account!.push({ id, name: pick(random, TEXTS) });
    for (let at = 0; at < (index === 5 ? 0 : 14); at++) rows.Sample!.push(sample(id, at));
    const categories = Array.from({ length: 8 }, (_, at) => ({
      accountId: id,
      id: `${at * 3 - 4}`,
      parentId: at > 0 && random() < 0.7 ? `${below(random, at) * 3 - 4}` : null,
      name: pick(random, TEXTS),
    }));
    rows.Category!.push(...categories);
    for (let at = 0; at < 6; at++)
      rows.Series!.push({ accountId: id, id: `s${at}`, title: `${pick(random, TEXTS)}${at}` });
    for (let at = 0; at < 6; at++) {
      for (const { id: categoryId } of categories) {
        if (random() < 0.3)
          rows.SeriesCategory!.push({ accountId: id, seriesId: `s${at}`, categoryId, position: below(random, 4) });
      }
    }
  }
  for (let at = 0; at < 24; at++) {
    const id = `${at * 7 - 20}`;
    const hubId = random() < 0.3 ? null : random() < 0.1 ? '999' : `${below(random, 24) * 7 - 20}`;
    rows.Device!.push({ id, hubId, serial: pick(random, BIG.slice(4)), name: pick(random, TEXTS) });
    for (const takenAt of MOMENTS.filter(() => random() < 0.25)) {
      rows.Reading!.push({ deviceId: id, takenAt, celsius: quarters() });
    }
  }
  rows.Document!.push(...BYTES.map((hash) => ({ hash, content: pick(random, TEXTS) })));
  return {
    name: 'all-types',
    config: 'tests/e2e/all-types-worker/wrangler.toml',
    entities: ENTITIES,
    rows,
  };

  function sample(accountId: string, at: number): Row {
    const textValue = pick(random, TEXTS);
    const integerValue = pick(random, [0, 1, -1, 1_000_000_000, -1_000_000_000, below(random, 100)]);
    const seconds = MOMENTS.filter((moment) => moment.endsWith('.000Z'));
    return {
      accountId,
      id: `${pick(random, TEXTS)}${at}`,
      textValue,
      textOrNull: maybe(TEXTS),
      level: pick(random, ['LOW', 'VERY_HIGH', 'IN_BETWEEN']),
      levelOrNull: maybe(['LOW', 'HIGH']),
      json: pick(random, JSONS),
      jsonOrNull: maybe(JSONS),
      integerValue,
      integerOrNull: maybe([3, -3, 2_147_483_647, -2_147_483_648]),
      flag: random() < 0.5,
      flagOrNull: maybe([true, false]),
      seconds: pick(random, seconds),
      secondsOrNull: maybe(seconds),
      milliseconds: pick(random, MOMENTS),
      millisecondsOrNull: maybe(MOMENTS),
      realValue: quarters(),
      realOrNull: maybe([0.5, -0.5, 1024.25, 3]),
      decimal: pick(random, DECIMALS),
      decimalOrNull: maybe(DECIMALS),
      decimalNumber: maybe(DECIMALS.slice(0, 5)),
      decimalBigint: maybe(['0', '-5', '999999999999999']),
      bytes: pick(random, BYTES),
      bytesOrNull: maybe(BYTES),
      blobJson: maybe(JSONS),
      blobBigint: maybe(BIG),
      wide: `${BigInt(at) * 2n ** 58n - 2n ** 61n}`,
      wideOrNull: maybe(BIG),
      moment: pick(random, MOMENTS),
      momentOrNull: maybe(MOMENTS),
      // As SQLite's upper(): ASCII alone.
      upper: textValue.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
      doubled: integerValue * 2,
    };
  }
}
