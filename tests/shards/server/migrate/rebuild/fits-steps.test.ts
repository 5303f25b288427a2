/** Which rebuilds cannot be made in steps, by the tables that they are of. */
import { describe, expect, it } from 'vitest';
import { beginCopy } from '../../../../../src/shards/server/migrate/rebuild/copying.ts';
import { findRebuilds } from '../../../../../src/shards/server/migrate/rebuild/find-rebuilds.ts';
import { inNewShard } from '../../lab-shard.ts';
import { oldBundle, oldModel } from './rebuild-lab.ts';

const VERSION = '_version integer DEFAULT 0 NOT NULL';
const REFERENCE = 'shop text REFERENCES owners(id) ON DELETE set null';
const KEY = 'id text PRIMARY KEY';
const INTEGER_KEY = 'id INTEGER PRIMARY KEY';

/** Rebuilds a table of some columns as one of others. */
const fits = (before: readonly string[], after: readonly string[]): Promise<boolean> =>
  inNewShard(oldModel, oldBundle, (shard) => {
    const names = before
      .map((column) => column.split(' ')[0])
      .filter((name) => name !== 'CHECK')
      .join(', ');
    shard.sql.exec(`CREATE TABLE owners (${KEY}); CREATE TABLE things (${[VERSION, ...before].join(', ')})`);
    const statements = [
      `CREATE TABLE __new_things (${[VERSION, ...after].join(', ')})`,
      `INSERT INTO __new_things (_version, ${names}) SELECT _version, ${names} FROM things`,
      'DROP TABLE things',
      'ALTER TABLE __new_things RENAME TO things',
    ];
    const [rebuild] = findRebuilds(shard.session, [{ tag: 'next', statements, checks: [] } as never], false);
    return rebuild !== undefined && beginCopy(shard.session, oldModel, rebuild, false);
  });

describe('a rebuild is made in steps', () => {
  it.each([
    ['a column gets another type', [KEY, 'name text'], [KEY, 'name integer']],
    ['a key is the row id', [INTEGER_KEY, 'name text'], [INTEGER_KEY, 'name integer']],
    [
      'a key of integers is not the row id',
      [`${INTEGER_KEY} DESC`, 'name text'],
      [`${INTEGER_KEY} DESC`, 'name integer'],
    ],
    ['a reference is set to null', [KEY, REFERENCE, 'name text'], [KEY, REFERENCE, 'name integer']],
    [
      'a check stays',
      [KEY, REFERENCE, 'a text', 'CHECK (shop > 1)'],
      [KEY, REFERENCE, 'a integer', 'CHECK (shop > 1)'],
    ],
  ])('if %s', async (_, before, after) => {
    expect(await fits(before, after)).toBe(true);
  });

  it.each([
    ['a row may be left out', [KEY, 'name text'], [KEY, 'name text UNIQUE ON CONFLICT IGNORE']],
    ['a write may replace a row', [KEY, 'name text UNIQUE ON  CONFLICT REPLACE'], [KEY, 'name text UNIQUE']],
    ['a key becomes the row id', [`${INTEGER_KEY} DESC`, 'name text'], [INTEGER_KEY, 'name text']],
    ['null is refused that a reference is set to', [KEY, REFERENCE], [KEY, `${REFERENCE} NOT NULL`]],
    ['a check may refuse it', [KEY, REFERENCE], [KEY, REFERENCE, 'CHECK (shop IS NOT NULL)']],
    [
      'a default may be refused',
      [KEY, REFERENCE.replace('null', 'default')],
      [KEY, REFERENCE.replace('null', 'default')],
    ],
  ])('not if %s', async (_, before, after) => {
    expect(await fits(before, after)).toBe(false);
  });
});
