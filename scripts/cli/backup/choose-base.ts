import type { StartedBackup } from '../../../src/shards/protocol/backup.ts';
import { RefusedError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { BackupClient } from './backup-client.ts';
import type { Manifest } from './manifest.ts';

/** What a backup starts from. */
export type Base =
  | {
      /** The backup whose files need only what was changed since. */
      readonly manifest: Manifest;
    }
  | {
      readonly manifest: null;
      /** Why all rows are copied. */
      readonly because: string;
    };

/**
 * Whether the backup before can be brought up to date. All rows are copied where it cannot, so that backups that nobody watches go on.
 *
 * @throws CliError for a backup of another installation, which this one would take the place of.
 */
export async function chooseBase(
  client: BackupClient,
  before: Manifest | null,
  started: StartedBackup,
  schemaHash: string,
): Promise<Base> {
  if (before === null) return all('there is no backup before');
  requireSameInstallation(before, started);
  if (before.schemaHash !== schemaHash) return all('a migration has run since the backup before');
  if (before.epoch !== started.epoch) return all('slots were moved since the backup before');
  if (before.version >= started.version) return all('the clock was set back since the backup before');
  for (const { name, trimmedVersion } of started.shards) {
    const known = before.shards.find((shard) => shard.name === name);
    if (known === undefined) return all(`${name} is new since the backup before`);
    if (trimmedVersion > before.version) return all(`the log of ${name} does not reach back to the backup before`);
    if (!(await goesOn(client, known))) return all(`${name} was set back since the backup before`);
  }
  return { manifest: before };
}

const all = (because: string): Base => ({ manifest: null, because });

function requireSameInstallation(before: Manifest, { shards }: StartedBackup): void {
  const isKnown = before.shards.some(({ identity }) => shards.some((shard) => shard.identity === identity));
  if (isKnown) return;
  throw new CliError(
    `Expected the installation of which the backup of ${before.time} is, but got another one. Use another place, or replace the backup with --full.`,
  );
}

async function goesOn(client: BackupClient, known: Manifest['shards'][number]): Promise<boolean> {
  try {
    await client.check(known.name, known);
    return true;
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'CONFLICT') return false;
    throw error;
  }
}
