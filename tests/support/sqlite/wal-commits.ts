import { readFileSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** How many commits a write-ahead log holds since it was last begun again (www.sqlite.org/fileformat2.html#the_write_ahead_log). */
export function walCommits(path: string): number {
  const file = readFileSync(path);
  if (file.length < HEADER_BYTES) return 0;
  const frameBytes = FRAME_HEADER_BYTES + file.readUInt32BE(8);
  const salt = file.readBigUInt64BE(16);
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= file.length; at += frameBytes) {
    // From here on there are frames of before.
    if (file.readBigUInt64BE(at + 8) !== salt) break;
    // The size of the database after the commit, in its last frame only.
    if (file.readUInt32BE(at + 4) !== 0) commits++;
  }
  return commits;
}
