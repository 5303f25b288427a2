import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTransactedFiles, transactionProblems } from '../../scripts/check/transactions.ts';

const PROJECT = join(import.meta.dirname, '../..');
const inMigrator = (text: string) => transactionProblems([{ path: 'src/shards/server/migrate/installation.ts', text }]);
const inWrite = (text: string) => transactionProblems([{ path: 'src/shards/server/commit/a.ts', text }]);

describe('shard transactions', () => {
  it('of this project never wait', () => {
    const files = readTransactedFiles(PROJECT);
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter(({ text }) => text.includes('transactionSync(')).length).toBeGreaterThan(2);
    expect(transactionProblems(files)).toEqual([]);
  });

  it.each([
    'storage.transactionSync(async () => { work(); });',
    'storage.transactionSync(() => {\n  if (x) { await y; }\n});',
    'const a = storage.transactionSync((): Result => load().then((b) => b));',
    'storage.transactionSync<Promise<void>>(() => Promise.resolve());',
    'storage.transactionSync(() => f("(", /* ) */ await g()));',
  ])('are found to wait in: %s', (text) => {
    expect(inMigrator(text).length).toBeGreaterThan(0);
  });

  it.each([
    'await storage.sync(); storage.transactionSync(() => { work(); }); await storage.sync();',
    'storage.transactionSync(() => log("await it")); // async',
    'async function f() { storage.transactionSync(() => work(`await`)); }',
  ])('are found not to wait in: %s', (text) => {
    expect(inMigrator(text)).toEqual([]);
  });

  it('may not even be called from files that wait, other than the few that are known to', () => {
    expect(inWrite('const rows = await load();')).toEqual([
      'src/shards/server/commit/a.ts:1: "await" in a file of the shard that must be synchronous.',
    ]);
    expect(inWrite('// await\nconst text = "async";')).toEqual([]);
  });

  it('of rows are those of commits: no other file has one', () => {
    const text = 'storage.transactionSync(() => {\n  session.run(sql);\n});';
    expect(inWrite(`// transactionSync(\n${text}`)).toEqual([
      'src/shards/server/commit/a.ts:2: a transaction of its own: rows are written by commit/commit.ts alone.',
    ]);
    expect(transactionProblems([{ path: 'src/shards/server/commit/commit.ts', text }])).toEqual([]);
  });
});
