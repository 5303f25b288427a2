/** Bytes are drawn many at a time: a call of the platform costs more than a hundred bytes. */
const pool = new Uint8Array(1_024);
let drawn = pool.length;

/** From the platform's cryptographic source. Not to be called while a module is loaded: workerd has no randomness then. */
export function randomByte(): number {
  if (drawn === pool.length) {
    crypto.getRandomValues(pool);
    drawn = 0;
  }
  return pool[drawn++]!;
}
