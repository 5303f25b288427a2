import { badUserInput } from '../../plans/bad-user-input.ts';
import { type BackupRecord, MAX_BACKUP_RECORDS } from '../../shards/backup-record.ts';
import type { BackupRecords } from '../../shards/client/backup-records.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { textToVersion } from '../../shards/version.ts';
import type { ConfirmedAction } from './confirmation/confirmed.ts';

/** A backup, as who has made it tells of it. */
interface ToldBackup {
  readonly id: string;
  readonly place: string;
  readonly version: string;
  readonly shards: number;
  readonly rows: number;
  readonly bytes: number;
  readonly contentHash: string;
  readonly basedOn?: string | null | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[0-9a-f]{64}$/;
const MAX_PLACE_LENGTH = 500;

/** @throws ShardQLError BAD_USER_INPUT for what no backup can be. */
export function backupRecordOf(told: ToldBackup, by: string, atMs: number): BackupRecord {
  const { id, place, version, shards, rows, bytes, contentHash, basedOn = null } = told;
  if (!UUID.test(id)) throw misfit('id', 'a UUID', id);
  if (place === '' || place.length > MAX_PLACE_LENGTH) {
    throw misfit('place', `a text of 1 to ${MAX_PLACE_LENGTH} characters`, place);
  }
  if (!HASH.test(contentHash)) throw misfit('contentHash', '64 hexadecimal digits', contentHash);
  for (const [name, count] of Object.entries({ shards, rows, bytes })) {
    if (!Number.isSafeInteger(count) || count < 0) throw misfit(name, 'a whole number of at least 0', String(count));
  }
  return {
    ...{ id, atMs, by, place, shards, rows, bytes, contentHash },
    version: versionOf('version', version),
    basedOn: basedOn === null ? null : versionOf('basedOn', basedOn),
  };
}

/** Forgets that there was a backup; gives what was known of it. NOT_FOUND if there is no such one. */
export function forgetting(records: BackupRecords, id: string): ConfirmedAction<BackupRecord, BackupRecord> {
  const find = () => findBackup(records, id);
  return {
    action: 'forget-backup',
    target: id.slice(0, 100),
    args: { id },
    preview: find,
    stateOf: (record) => record.id,
    async perform() {
      const record = await find();
      await records.remove(id);
      return record;
    },
  };
}

async function findBackup(records: BackupRecords, id: string): Promise<BackupRecord> {
  const found = (await records.list(MAX_BACKUP_RECORDS)).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new ShardQLError(
    'NOT_FOUND',
    `Expected the id of a backup that is known, but got ${JSON.stringify(id.slice(0, 100))}. The field backups lists them.`,
  );
}

function versionOf(name: string, text: string): number {
  const version = textToVersion(text);
  if (version !== null) return version;
  throw misfit(name, 'the version of a row', text);
}

const misfit = (argument: string, expected: string, got: string) =>
  badUserInput(`Expected ${argument} to be ${expected}, but got ${JSON.stringify(got.slice(0, 100))}.`);
