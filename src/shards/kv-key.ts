/**
 * Parts of keys in Workers KV. Keys are at most 512 bytes long (developers.cloudflare.com/kv/platform/limits), and what goes
 * into them comes from users: each part is escaped so that no part can run into the next, and long parts are hashed.
 */
import { sha256 } from '../lib/hex.ts';
import type { ShardKey } from './shard-key.ts';

export const MAX_KV_KEY_BYTES = 512;

/** Longer escaped parts are hashed: four such parts and their names fit into a key. */
const MAX_PART_CHARACTERS = 100;

/** Stands before a hash, and nowhere else: `encodeURIComponent` would leave it as it is. */
const HASHED = '~';

/**
 * A part of a key, within ASCII and without `/`, `:`, `,` and `~`. Different texts give different parts: escaping can be
 * undone, and long texts are replaced by their SHA-256. `text` must be well-formed Unicode.
 */
export async function kvKeyPart(text: string): Promise<string> {
  const escaped = escapeKvKeyPart(text);
  return escaped.length <= MAX_PART_CHARACTERS ? escaped : `${HASHED}${await shortHash(text)}`;
}

const escapeKvKeyPart = (text: string): string => encodeURIComponent(text).replaceAll('~', '%7E');

/** SHA-256 of a text's UTF-8 bytes, as base64url: 43 characters. */
export async function shortHash(text: string): Promise<string> {
  return btoa(String.fromCharCode(...(await sha256(text))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Key of the stamps of a shard key. It holds no hash of the model: stamps outlive releases. */
export const stampsKvKey = async (shardKey: ShardKey): Promise<string> => `s:${await kvKeyPart(shardKey)}`;
