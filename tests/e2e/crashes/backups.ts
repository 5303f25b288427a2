/** Backups that go on, one after another, until there is no server; and what is in the last one. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { RefusedError } from '../../../scripts/cli/api-client.ts';
import { makeBackup } from '../../../scripts/cli/backup/make-backup.ts';
import { FolderStore } from '../../../scripts/cli/backup/store/folder-store.ts';
import { verifyBackup } from '../../../scripts/cli/backup/verify-backup.ts';
import type { Server } from '../../support/server.ts';
import { Rows } from './rows.ts';
import { pause } from './tenant.ts';

const make = (folder: string, server: Server) =>
  makeBackup(new FolderStore(folder), { url: server.origin, note: () => {}, full: false });

/** What a restore under way is told by, for which a backup waits. */
const BUSY: ReadonlySet<string | null> = new Set(['OVERLOADED', 'SHARD_UNAVAILABLE']);

/** True if a backup was under way at the end. */
export async function backUp(
  folder: string,
  server: Server,
  began: () => void,
  isOver: () => boolean,
): Promise<boolean> {
  while (!isOver()) {
    began();
    try {
      await make(folder, server);
    } catch (error) {
      const isBusy = error instanceof RefusedError && BUSY.has(error.code);
      if (!isBusy) {
        if (!isOver()) throw error;
        return true;
      }
    }
    await pause(5);
  }
  return false;
}

/** Brings the backup up to date, and gives the rows of each tenant in it. */
export async function rowsOfBackup(folder: string, server: Server): Promise<ReadonlyMap<string, Rows>> {
  const { manifest } = await make(folder, server);
  expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
  const byTenant = new Map<string, Rows>();
  for (const { file } of manifest.shards) {
    const database = new DatabaseSync(join(folder, file), { readOnly: true });
    const all = (sql: string) => database.prepare(sql).all() as Record<string, string & number>[];
    const of = (tenant: string) => byTenant.get(tenant) ?? new Rows();
    for (const { tenant, id, title, body, count } of all('SELECT * FROM notes')) {
      byTenant.set(tenant!, of(tenant!).withNotes([[id!, { title: title!, body: body!, count: count! }]]));
    }
    for (const { tenant, id, note } of all('SELECT * FROM marks'))
      byTenant.set(tenant!, of(tenant!).withMark(id!, note!));
    database.close();
  }
  return byTenant;
}
