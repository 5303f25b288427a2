/** What a shard is bound to, and what it asks of other objects. */
import { report } from '../../events/report.ts';
import { isInMaintenance, type MaintenanceEnv } from '../maintenance.ts';
import type { PlaceEnv } from '../place-settings.ts';
import type { BackupAnswer } from '../protocol/backup.ts';
import { CATALOG_NAME, type CatalogRpc } from '../protocol/catalog-rpc.ts';
import { type Bare, PROTOCOL } from '../protocol/envelope.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ShardRpc } from '../protocol/shard-rpc.ts';
import type { ShardReport } from '../shard-report.ts';
import type { StampKv } from './freshness/publisher.ts';
import type { AskForRead } from './gather-reads.ts';
import type { LogBucket } from './log/archive/log-archive.ts';
import type { Coordinate } from './migrate/migrator.ts';
import type { AskForPage, PageRequest } from './recovery/copy/copy-source.ts';

export interface ShardEnv extends MaintenanceEnv, PlaceEnv {
  /** The shards, for those that ask others: for rows to copy, or answers to merge. Optional: without it none is asked. */
  readonly SHARD?: DurableObjectNamespace;
  /** Stamps are put here, where cached answers are judged by them. Optional: without it nothing is cached there. */
  readonly KV?: StampKv;
  /** Rows of the log are put here before they are trimmed. Optional: without it they are gone then. */
  readonly LOG_ARCHIVE?: LogBucket;
  /** Coordinates what concerns several shards, such as migrations. Optional: without it the shard migrates by itself. */
  readonly CATALOG?: DurableObjectNamespace;
  /** Keeps what shards report. Optional: without it nobody does. */
  readonly MONITOR?: DurableObjectNamespace;
}

export function reportTo(
  { MONITOR: monitors }: ShardEnv,
  ctx: DurableObjectState,
): ((shardReport: ShardReport) => void) | null {
  if (!monitors) return null;
  return (shardReport) => {
    const monitor = monitors.getByName(MONITOR_NAME) as unknown as MonitorRpc;
    const sent = monitor.report(shardReport);
    ctx.waitUntil(sent.catch((error) => report({ type: 'shard-not-reported', shard: shardReport.shard, error })));
  };
}

/** Null: not in maintenance. `id`: of the shard's object. */
export function restoringBy(env: ShardEnv, id: string): (() => Promise<boolean>) | null {
  const { CATALOG: catalogs } = env;
  if (!isInMaintenance(env) || !catalogs) return null;
  return () => (catalogs.getByName(CATALOG_NAME) as unknown as CatalogRpc).isRestoring(id);
}

/** `own`: asks this shard, whose object's id and name are given. */
export function askForPagesBy(
  { SHARD: shards }: ShardEnv,
  { id, name }: { readonly id: string; readonly name: string | null },
  own: (request: PageRequest) => Bare<BackupAnswer>,
): AskForPage {
  return async (shard, request) => {
    if (shard === name || !shards || shards.idFromName(shard).toString() === id) return own(request);
    return await (shards.getByName(shard) as unknown as ShardRpc).backup(request);
  };
}

/** Throws where there is no way to other shards. */
export function askForReadBy({ SHARD: shards }: ShardEnv): AskForRead {
  return async (shard, request) => await (shards!.getByName(shard) as unknown as ShardRpc).read(request);
}

export function coordinateBy({ CATALOG: catalogs }: ShardEnv): Coordinate | null {
  if (!catalogs) return null;
  return async (plan) => {
    const catalog = catalogs.getByName(CATALOG_NAME) as unknown as CatalogRpc;
    await catalog.migrate({ protocol: PROTOCOL, plan, insists: false });
  };
}
