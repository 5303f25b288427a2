import { CliError } from '../cli-error.ts';
import { MANIFEST_FILE, type Manifest } from './manifest.ts';
import type { BackupStore } from './store/backup-store.ts';

/**
 * The manifest of a backup.
 *
 * @param read the one that was read before, if it has to be the same still.
 * @throws CliError if there is none, or another one.
 */
export async function requireManifest(store: BackupStore, read?: Manifest): Promise<Manifest> {
  const manifest = await store.readManifest();
  if (manifest === null) {
    throw new CliError(
      `Expected ${MANIFEST_FILE} in ${store.address}, but found none: the backup there was not finished, or is none. Make it again.`,
    );
  }
  if (read === undefined || (read.version === manifest.version && read.contentHash === manifest.contentHash))
    return manifest;
  throw new CliError(
    `Expected the backup in ${store.address} to stay while it is read, but another one took its place. Try again.`,
  );
}
