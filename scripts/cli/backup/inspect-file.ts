import { stat } from 'node:fs/promises';
import { hashFile } from './hash-file.ts';
import { type Contents, readContents } from './read-contents.ts';

/** What is known of a file that was made just now. */
export interface InspectedFile {
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly contents: Contents;
}

/** Reads a file that was made just now, whose indexes were made with it. */
export async function inspectFile(path: string): Promise<InspectedFile> {
  const contents = readContents(path, 'ROWS');
  const [{ size: bytes }, sha256] = await Promise.all([stat(path), hashFile(path)]);
  return { bytes, sha256, contents };
}
