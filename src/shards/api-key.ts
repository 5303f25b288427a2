/** API keys: credentials of programs. The catalog keeps what is known of them, by the hash of their text. */
import { sha256, toHex } from '../lib/hex.ts';

/** What is known of a key; its text is shown once, when it is created. */
export interface ApiKey {
  /** Unique among the keys that are not revoked. */
  readonly name: string;
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** In milliseconds since 1970. */
  readonly createdAtMs: number;
  /** In milliseconds since 1970; null: never. */
  readonly expiresAtMs: number | null;
  /** In milliseconds since 1970; null: it is not. */
  readonly revokedAtMs: number | null;
}

/** A key that is to be kept. */
export interface NewApiKey extends Omit<ApiKey, 'createdAtMs' | 'revokedAtMs'> {
  readonly hash: string;
}

/** A prefix that scanners for leaked secrets can look for, and 256 random bits. */
const PREFIX = 'shardql_';
const FORM = /^shardql_[0-9a-f]{64}$/;

export const newApiKeyText = (): string => PREFIX + toHex(crypto.getRandomValues(new Uint8Array(32)));

/** Whether a text may be one of our keys. */
export const isApiKeyText = (text: string): boolean => FORM.test(text);

/** SHA-256 in hexadecimal. No slow hash is needed: what has 256 random bits cannot be guessed. */
export async function hashOfSecret(text: string): Promise<string> {
  return toHex(await sha256(text));
}
