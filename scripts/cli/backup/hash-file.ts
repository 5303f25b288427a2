import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) sha256.update(part);
  return sha256.digest('hex');
}
