import { randomByte } from '../lib/random-byte.ts';
import { readSeen, seenText } from '../resolvers/consistency/session-token.ts';
import type { SeenVersions } from '../shards/seen-versions.ts';
import { versionAt } from '../shards/version.ts';

/** What sealed tokens begin with: the others are hexadecimal. */
const MARK = 's1.';
const IV_BYTES = 12;
/** Tokens have a multiple of so many bytes, whatever is in them. */
const STEP_BYTES = 128;

const SPACE = 0x20;

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** In the place of a token that says nothing: then all that was committed until now may have been seen. */
export const allUntilNow = (): SeenVersions => ({ epoch: 0, rest: versionAt(Date.now()), versionByShard: new Map() });

/** Seals session tokens, so that clients can carry them and not read them (AES-GCM). One per isolate. */
export class TokenSealer {
  readonly #secret: string | null;
  /** Not its promise: requests do not wait for what another one has begun. */
  #key: CryptoKey | undefined;
  /** What is being sealed. */
  #bytes = new Uint8Array(STEP_BYTES);

  /** @param secret what all isolates share; null: each reads its own tokens alone. */
  constructor(secret: string | null) {
    this.#secret = secret;
  }

  isSealed(token: string): boolean {
    return token.startsWith(MARK);
  }

  /** Another text each time, so that a client cannot tell whether there was a commit in between. */
  async seal(seen: SeenVersions): Promise<string> {
    const text = seenText(seen);
    const key = this.#key ?? (await this.#makeKey());
    const iv = new Uint8Array(IV_BYTES).map(randomByte);
    // The bytes are taken before the call returns.
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, this.#padded(text));
    // 12 bytes are 16 characters: the texts of both parts are the text of both together.
    return `${MARK}${iv.toBase64(BASE64URL)}${new Uint8Array(sealed).toBase64(BASE64URL)}`;
  }

  /** One that was sealed otherwise says nothing. */
  async open(token: string): Promise<SeenVersions> {
    try {
      const bytes = Uint8Array.fromBase64(token.slice(MARK.length), BASE64URL);
      const iv = bytes.subarray(0, IV_BYTES);
      const key = this.#key ?? (await this.#makeKey());
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.subarray(IV_BYTES));
      return readSeen(decoder.decode(text));
    } catch {
      return allUntilNow();
    }
  }

  /** Filled up with spaces. Shards have names in ASCII, so that a character is a byte. The same buffer is used again and again. */
  #padded(text: string): Uint8Array<ArrayBuffer> {
    const length = Math.ceil(text.length / STEP_BYTES) * STEP_BYTES;
    if (this.#bytes.length !== length) this.#bytes = new Uint8Array(length);
    for (let at = 0; at < text.length; at++) this.#bytes[at] = text.charCodeAt(at);
    return this.#bytes.fill(SPACE, text.length);
  }

  async #makeKey(): Promise<CryptoKey> {
    const secret = this.#secret === null ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(this.#secret);
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const info = encoder.encode('shardql session tokens');
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    const key = await crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    this.#key ??= key;
    return this.#key;
  }
}
