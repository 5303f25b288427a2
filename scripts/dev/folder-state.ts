import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Differs as soon as a file of the folder was written, added or removed; installed packages and hidden files do not count. */
export function folderState(folder: string): string {
  const hash = createHash('sha256');
  for (const path of filesIn(folder)) {
    // A file may go at any moment.
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) hash.update(`${path}\n${stats.mtimeMs} ${stats.size}\n`);
  }
  return hash.digest('hex');
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}
