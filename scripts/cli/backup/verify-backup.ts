import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contentHashOf, NO_CONTENT, toHashText } from './content-hash.ts';
import { hashFile } from './hash-file.ts';
import { type Manifest, requireManifest } from './manifest.ts';
import { readContents } from './read-contents.ts';

export interface Verdict {
  readonly manifest: Manifest;
  /** What is wrong, one line each; empty: nothing. */
  readonly problems: readonly string[];
}

/** Reads all of a backup, and compares it with its manifest. Throws `CliError` if there is none. */
export async function verifyBackup(folder: string): Promise<Verdict> {
  const manifest = requireManifest(folder);
  const problems: string[] = [];
  const readable: string[] = [];
  for (const { file, sha256 } of manifest.shards) {
    if (!existsSync(join(folder, file))) problems.push(`${file}: is missing`);
    else if ((await hashFile(join(folder, file))) !== sha256)
      problems.push(`${file}: its checksum differs from the manifest's`);
    else readable.push(file);
  }
  if (problems.length === 0) problems.push(...compareRows(folder, manifest, readable));
  return { manifest, problems };
}

function compareRows(folder: string, manifest: Manifest, files: readonly string[]): string[] {
  const { byTable, problems } = readContents(folder, files);
  const wrong = manifest.tables.flatMap(({ name, rows, hash }) => {
    const content = byTable.get(name) ?? NO_CONTENT;
    return content.rows === rows && toHashText(content) === hash
      ? []
      : [`${name}: expected ${rows} rows as they were, but got ${content.rows}, or others`];
  });
  const isWhole = contentHashOf(manifest.tables) === manifest.contentHash;
  return [...problems, ...wrong, ...(isWhole ? [] : ['manifest.json: its hashes do not belong together'])];
}
