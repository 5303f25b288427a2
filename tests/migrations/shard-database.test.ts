/** What the rehearsal's SQLite refuses is what that of shards refuses. */
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import { isRefusedFunction, openDatabase } from '../../scripts/migrations/rehearsal/shard-database.ts';
import { startWorkerdLab, type WorkerdLab } from './workerd-lab.ts';

let lab: WorkerdLab;
let shard: ReturnType<WorkerdLab['shard']>;
beforeAll(async () => {
  lab = await startWorkerdLab();
  shard = lab.shard();
  return () => lab.stop();
});

const messageOf = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    return String(error);
  }
};

const IS_REFUSED = /not authorized|no such function/;

test('functions of Node’s SQLite that shards lack are refused, and no others', async () => {
  const database = new DatabaseSync(':memory:');
  const functions = database.prepare('SELECT DISTINCT name FROM pragma_function_list').all() as { name: string }[];
  const wrong: string[] = [];
  for (const { name } of functions) {
    // One number of arguments that it takes is enough to ask whether it is there.
    const calls = [0, 1, 2, 3, 4].map((count) => `SELECT "${name}"(${Array(count).fill("'1'").join(', ')})`);
    const call = calls.find((sql) => messageOf(() => database.prepare(sql)) === '');
    if (call === undefined) continue;
    const message = await shard.rows(call).then(() => '', String);
    if (IS_REFUSED.test(message) !== isRefusedFunction(name)) wrong.push(`${name}: ${message}`);
  }
  expect(wrong).toEqual([]);
});

const list = (count: number, text: string, separator = ', '): string => Array(count).fill(text).join(separator);

test.each([
  ['a pragma', 'PRAGMA user_version = 1'],
  ['a temporary table', 'CREATE TEMP TABLE t (a)'],
  ['an expression that is too deep', `CREATE TABLE t (a, CHECK (${list(101, 'a', ' OR ')}))`],
  ['too many terms of a compound query', `CREATE VIEW v AS ${list(6, 'SELECT 1', ' UNION ALL ')}`],
  ['a pattern that is too long', `SELECT 'a' LIKE '${'a'.repeat(51)}'`],
  ['a statement that is too long', `SELECT '${'a'.repeat(100_000)}'`],
  ['too many columns', `CREATE TABLE t (${Array.from({ length: 101 }, (_, at) => `c${at}`)})`],
  ['a forbidden function in a check', 'CREATE TABLE t (a, CHECK (log10(a) > 1))'],
  ['a forbidden function in an index', 'CREATE TABLE t (a); CREATE INDEX i ON t (if(a, 1, 2))'],
])('%s is refused here as there', async (_what, sql) => {
  const here = messageOf(() => openDatabase([]).exec(sql));
  const there = await shard.rows(sql).then(() => '', String);
  expect([here, there]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
});

test('functions get at most the 32 arguments that Cloudflare documents', () => {
  const call = (count: number): string => messageOf(() => openDatabase([]).exec(`SELECT max(${list(count, '1')})`));
  expect([call(32), call(33)]).toEqual(['', expect.stringContaining('too many arguments')]);
});
