/**
 * How long a migration of a large shard takes that fills a column and makes an index, in steps, while the release before is written to. Run by
 * hand: `node bench/run-migration.ts [rows] [bytes of a row] [steps | indexed | at-once]`; 600,000 rows of 8,000 bytes (5 GB; three times that of disk) unless
 * told otherwise. `indexed`: the copy has its indexes from the beginning. `at-once`: all is one transaction.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { ShardMigration } from '../src/shards/migration-report.ts';
import type { Question, Way } from './migration/question.ts';

const rows = Number(process.argv[2] ?? 600_000);
const bytes = Number(process.argv[3] ?? 8_000);
const way = (process.argv[4] ?? 'steps') as Way;
const FILL_ROWS = Math.max(1, Math.floor(20_000_000 / bytes));
const WRITE_EVERY_MS = 200;
const TICKS_PER_SECOND = 100;

const folder = mkdtempSync(join(tmpdir(), 'bench-migration-'));
const path = join(folder, 'worker.js');
await build({
  entryPoints: [join(import.meta.dirname, 'migration', 'worker.ts')],
  outfile: path,
  ...{ bundle: true, format: 'esm', target: 'es2024', platform: 'browser', logLevel: 'silent' },
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*', 'node:*'],
});
const runtime = new Miniflare(
  convertV4MiniflareOptions({
    ...{ cf: false, telemetry: { enabled: false }, log: new Log(LogLevel.NONE), handleStructuredLogs: () => {} },
    resourceTmpPath: join(folder, 'tmp'),
    resourcePersistencePath: join(folder, 'data'),
    workers: [
      {
        ...{
          name: 'large',
          compatibilityDate: '2026-10-01',
          modules: [{ type: 'ESModule', path }],
          modulesRoot: folder,
        },
        durableObjects: { SHARDS: { className: 'LargeShard', useSQLite: true } },
      },
    ],
  }),
);

async function ask<Answer>(question: Question): Promise<Answer> {
  const response = await runtime.dispatchFetch('http://bench/', { method: 'POST', body: JSON.stringify(question) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as Answer;
}

/** Of the runtime so far, in seconds: other load on the machine affects it least. */
function cpuSeconds(): number {
  const own = readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id))
    .flatMap((id) => {
      try {
        const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
        return Number(fields[1]) === process.pid ? [Number(fields[11]) + Number(fields[12])] : [];
      } catch {
        return [];
      }
    });
  return own.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [begin, cpu] = [performance.now(), cpuSeconds()];
  const result = await work();
  const [seconds, used] = [(performance.now() - begin) / 1_000, cpuSeconds() - cpu];
  const gigabytes = (await ask<number>({ kind: 'size' })) / 1e9;
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${used.toFixed(1)} s of CPU (${((used / rows) * 1e6).toFixed(1)} µs a row); ${gigabytes.toFixed(2)} GB in use`,
  );
  return result;
}

try {
  await runtime.ready;
  await phase('fill', async () => {
    for (let from = 1; from <= rows; from += FILL_ROWS) {
      await ask({ kind: 'fill', from, to: Math.min(rows, from + FILL_ROWS - 1), bytes });
    }
  });
  const waitsMs: number[] = [];
  let isCopying = true;
  const writing = (async () => {
    while (isCopying) {
      const begin = performance.now();
      await ask({ kind: 'write', row: 1 + Math.floor(Math.random() * rows) });
      waitsMs.push(performance.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, WRITE_EVERY_MS));
    }
  })();
  const copied = await phase('copy', async () => {
    for (let told = 0; ; ) {
      const state = await ask<ShardMigration>({ kind: 'work', way });
      if (state.state !== 'COPYING') return state;
      const share = state.progress?.copied?.share ?? 0;
      if (share < told + 0.1) continue;
      told = share;
      console.log(`  ${Math.floor(share * 100)} %`);
    }
  });
  isCopying = false;
  await writing;
  waitsMs.sort((a, b) => a - b);
  const quantile = (share: number) =>
    Math.round(waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * share))]!);
  console.log(
    `  ${copied.state}; ${waitsMs.length} writes waited ${quantile(0.5)} ms (median), ${quantile(0.99)} ms (p99), ${quantile(1)} ms at most`,
  );
  await phase('swap', () => ask({ kind: 'apply', way }));
  await phase('log, and drop the old table', async () => {
    for (let calls = 1; ; calls++) {
      const begin = performance.now();
      const { state } = await ask<ShardMigration>({ kind: 'apply', way });
      const ms = performance.now() - begin;
      if (ms > 3_000) console.log(`  call ${calls}: ${(ms / 1_000).toFixed(1)} s`);
      if (state === 'UP_TO_DATE') return;
      if (state !== 'SETTLING') throw new Error(`Expected a shard that migrates, but got ${state}.`);
    }
  });
  const found = await ask({
    kind: 'rows',
    sql: 'SELECT count(*), sum(label = upper(name)), sum(_version > 1) FROM items',
  });
  console.log(`rows, filled, with a new version: ${JSON.stringify(found)}`);
} finally {
  await runtime.dispose();
  rmSync(folder, { recursive: true, force: true });
}
