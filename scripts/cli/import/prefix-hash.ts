import { createHash, type Hash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

/** Hashes a file from a fixed offset on while it is read, up to wherever is asked. */
export class PrefixHash {
  readonly #hash: Hash;
  /** What was read and not hashed yet, and the offset of its first byte. */
  #pending: Buffer[] = [];
  #offset: number;

  private constructor(hash: Hash, offset: number) {
    this.#hash = hash;
    this.#offset = offset;
  }

  static from(offset: number): PrefixHash {
    return new PrefixHash(createHash('sha256'), offset);
  }

  /** Of the bytes from `from` to `to` of a file; null if it is missing or ends before. */
  static async of(path: string, from: number, to: number): Promise<PrefixHash | null> {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? -1) < to) return null;
    const hash = createHash('sha256');
    if (to > from) {
      for await (const part of createReadStream(path, { start: from, end: to - 1 })) hash.update(part as Buffer);
    }
    return new PrefixHash(hash, to);
  }

  add(part: Buffer): void {
    this.#pending.push(part);
  }

  /** Offset behind all that was added. */
  get end(): number {
    return this.#pending.reduce((end, part) => end + part.byteLength, this.#offset);
  }

  /** Of all bytes before `offset`, which must not lie before an earlier call's. */
  digest(offset = this.end): string {
    while (this.#offset < offset) {
      const part = this.#pending.shift()!;
      const taken = part.subarray(0, offset - this.#offset);
      this.#hash.update(taken);
      this.#offset += taken.byteLength;
      if (taken.byteLength < part.byteLength) this.#pending.unshift(part.subarray(taken.byteLength));
    }
    return this.#hash.copy().digest('hex');
  }
}
