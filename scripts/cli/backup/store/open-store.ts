import type { BackupStore } from './backup-store.ts';
import { FolderStore } from './folder-store.ts';
import { isR2, parseR2Address } from './r2-address.ts';
import { R2Store } from './r2-store.ts';

/** A folder, or `r2://<bucket>/<prefix>` with what the environment says. Throws `CliError` for an address of another form. */
export const openStore = (address: string): BackupStore =>
  isR2(address) ? new R2Store(address, parseR2Address(address, process.env)) : new FolderStore(address);
