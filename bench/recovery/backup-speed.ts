import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { importShop } from '../servers/import-shop.ts';
import { type BenchServer, startServer } from '../servers/start-server.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';

/** One run of the command. */
interface Run {
  readonly seconds: number;
  /** CPU of the server; the command has a core of its own. */
  readonly serverSeconds: number;
}

export interface BackupSpeed {
  /** Of the backup's files: SQLite databases with tables and indexes. */
  readonly bytes: number;
  readonly backup: Run;
  /** Once more, with nothing to copy. */
  readonly again: Run;
  readonly verify: Pick<Run, 'seconds'>;
  /** Into an installation without rows. It reads all of them back and compares the hashes. */
  readonly restore: Run;
}

const SHARDQL = resolve(import.meta.dirname, '../../scripts/shardql.ts');

/** The commands, as an operator runs them. */
export async function measureBackup(shop: ShopIndex): Promise<BackupSpeed> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-backup-'));
  const [server, target] = [await startServer(), await startServer()];
  try {
    await importShop(server, shop.shop);
    const backup = await run(server, ['backup', folder]);
    const again = await run(server, ['backup', folder]);
    const { seconds } = await command(['backup', 'verify', folder]);
    const restore = await run(target, ['backup', 'restore', folder]);
    return { bytes: databaseBytes(folder), backup, again, verify: { seconds }, restore };
  } finally {
    await Promise.all([server.stop(), target.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const databaseBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

async function run({ port, workerdPid }: BenchServer, args: readonly string[]): Promise<Run> {
  const cpuBefore = cpuTimeMs(workerdPid);
  const { seconds } = await command([...args, '--url', `http://127.0.0.1:${port}`]);
  return { seconds, serverSeconds: (cpuTimeMs(workerdPid) - cpuBefore) / 1_000 };
}

/** Throws, with what it says, if it fails. */
async function command(args: readonly string[]): Promise<{ readonly seconds: number }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [SHARDQL, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolveExit) => child.once('close', resolveExit));
  if (code !== 0) throw new Error(`Expected ${args.slice(0, 2).join(' ')} to end well, but got ${code}: ${output}`);
  return { seconds: (performance.now() - startedAt) / 1_000 };
}
