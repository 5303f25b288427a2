import { makeShop } from '../scripts/demo/shop.ts';
import type { BenchOptions } from './options.ts';
import { type BackupSpeed, measureBackup } from './recovery/backup-speed.ts';
import { type LogOverhead, measureLogOverhead } from './recovery/log-overhead.ts';
import type { RecoveryPart } from './recovery/parts.ts';
import { measurePastReads, type PastRead } from './recovery/past-reads.ts';
import { measureRestore, type RestoreSpeed } from './recovery/restore-speed.ts';
import { measureTrim, type TrimCost } from './recovery/trim-cost.ts';
import {
  describeBackup,
  describeLogOverhead,
  describePastReads,
  describeRestore,
  describeTrim,
} from './report/recovery-goals.ts';
import { importShop } from './servers/import-shop.ts';
import { shopSize } from './servers/shop-size.ts';
import { type BenchServer, startServer } from './servers/start-server.ts';
import { indexShop, type ShopIndex } from './workloads/shop-index.ts';

export interface RecoveryFigures {
  readonly restore: RestoreSpeed | null;
  readonly pastReads: readonly PastRead[];
  readonly logOverhead: LogOverhead | null;
  readonly trim: TrimCost | null;
  readonly backup: BackupSpeed | null;
}

/** Tenants of a database that is backed up are larger: some 160 MB are copied. */
const TIMES_BACKUP = 2;

/** What it takes to go back in time, and to be able to. */
export async function runRecovery(
  parts: readonly RecoveryPart[],
  shop: ShopIndex,
  options: BenchOptions,
): Promise<RecoveryFigures> {
  const has = (part: RecoveryPart) => parts.includes(part);
  const restore = has('restore')
    ? await withShop(shop, (server) => measureRestore(server, shop, options.rounds))
    : null;
  if (restore) print(describeRestore(restore));
  const pastReads = has('as-of') ? await withShop(shop, (server) => measurePastReads(server, shop)) : [];
  print(describePastReads(pastReads));
  const logOverhead = has('log') ? await measureLogOverhead(shop, options) : null;
  if (logOverhead) print(describeLogOverhead(logOverhead));
  const trim = has('trim') ? await measureTrim(shop, options) : null;
  if (trim) print(describeTrim(trim));
  const larger = () => indexShop(makeShop(shopSize(options.scale * TIMES_BACKUP)));
  const backup = has('backup') ? await measureBackup(larger()) : null;
  if (backup) print(describeBackup(backup));
  return { restore, pastReads, logOverhead, trim, backup };
}

async function withShop<T>({ shop }: ShopIndex, work: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await startServer();
  try {
    await importShop(server, shop);
    return await work(server);
  } finally {
    await server.stop();
  }
}

const print = (lines: readonly string[]): void => {
  for (const line of lines) console.log(line);
};
