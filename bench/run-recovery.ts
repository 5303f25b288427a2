import { makeShop } from '../scripts/demo/shop.ts';
import type { BenchOptions } from './options.ts';
import { type BackupSpeed, measureBackup } from './recovery/backup-speed.ts';
import { type LogOverhead, measureLogOverhead } from './recovery/log-overhead.ts';
import type { RecoveryPart } from './recovery/parts.ts';
import { measurePastReads, type PastRead } from './recovery/past-reads.ts';
import { measureRestore, type RestoreSpeed } from './recovery/restore-speed.ts';
import { measureTrim, type TrimCost } from './recovery/trim-cost.ts';
import { printLines } from './report/print-lines.ts';
import {
  describeBackup,
  describeLogOverhead,
  describePastReads,
  describeRestore,
  describeTrim,
} from './report/recovery-goals.ts';
import { shopSize } from './servers/shop-size.ts';
import { withShop } from './servers/with-shop.ts';
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
  if (restore) printLines(describeRestore(restore));
  const pastReads = has('as-of') ? await withShop(shop, (server) => measurePastReads(server, shop)) : [];
  printLines(describePastReads(pastReads));
  const logOverhead = has('log') ? await measureLogOverhead(shop, options) : null;
  if (logOverhead) printLines(describeLogOverhead(logOverhead));
  const trim = has('trim') ? await measureTrim(shop, options) : null;
  if (trim) printLines(describeTrim(trim));
  const larger = () => indexShop(makeShop(shopSize(options.scale * TIMES_BACKUP)));
  const backup = has('backup') ? await measureBackup(larger()) : null;
  if (backup) printLines(describeBackup(backup));
  return { restore, pastReads, logOverhead, trim, backup };
}
