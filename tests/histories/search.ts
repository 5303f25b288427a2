/**
 * Looks for a history that breaks a promise: `node search.ts <seed> <histories>`. Exit code 1 if there is one, 0 if none
 * was found. Run from a copy of the sources it shows whether a bug that was put into them is noticed.
 */
import { createHash } from 'node:crypto';
import { runHistory } from './history.ts';
import { STEPS } from './steps.ts';

const [seed, histories] = process.argv.slice(2).map(Number) as [number, number];

crypto.subtle.digest = async (_, data) => {
  const digest = createHash('sha256')
    .update(data as Uint8Array)
    .digest();
  return digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength) as ArrayBuffer;
};
console.info = () => {};
console.warn = () => {};
console.error = () => {};
console.info = () => {};

for (let at = 0; at < histories; at++) {
  const { problems } = await runHistory(seed + at, STEPS);
  if (problems.length === 0) continue;
  console.log(`SEED=${seed + at}: ${problems[0]}`);
  process.exit(1);
}
process.exit(0);
