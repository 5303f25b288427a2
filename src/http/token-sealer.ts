import { encodeSessionToken } from '../resolvers/consistency/session-token.ts';
import { versionAt } from '../shards/version.ts';

/** What sealed tokens begin with: the others are hexadecimal. */
const MARK = 's1.';
const IV_BYTES = 12;
/** Tokens have a multiple of so many bytes, whatever is in them. */
const STEP_BYTES = 256;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Seals session tokens, so that clients can carry them and not read them (AES-GCM). One per isolate. */
export class TokenSealer {
  readonly #secret: string | null;
  /** Not its promise: requests do not wait for what another one has begun. */
  #key: CryptoKey | undefined;

  /** @param secret what all isolates share; null: each reads its own tokens alone. */
  constructor(secret: string | null) {
    this.#secret = secret;
  }

  isSealed(token: string): boolean {
    return token.startsWith(MARK);
  }

  async seal(token: string): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const text = encoder.encode(token.padEnd(Math.ceil(token.length / STEP_BYTES) * STEP_BYTES));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await this.#keyOf(), text));
    return `${MARK}${toText(iv)}${toText(sealed)}`;
  }

  /** A token that was sealed otherwise says nothing: then all that was committed until now may have been seen. */
  async open(token: string): Promise<string> {
    try {
      const bytes = toBytes(token.slice(MARK.length));
      const iv = bytes.subarray(0, IV_BYTES);
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await this.#keyOf(), bytes.subarray(IV_BYTES));
      return decoder.decode(text).trimEnd();
    } catch {
      return encodeSessionToken({ epoch: 0, rest: versionAt(Date.now()), versionByShard: new Map() });
    }
  }

  async #keyOf(): Promise<CryptoKey> {
    this.#key ??= await this.#makeKey();
    return this.#key;
  }

  async #makeKey(): Promise<CryptoKey> {
    const secret = this.#secret === null ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(this.#secret);
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const info = encoder.encode('shardql session tokens');
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    return await crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
  }
}

/** Base64 for URLs, of 3 bytes at a time: `IV_BYTES` is a multiple. */
const toText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
