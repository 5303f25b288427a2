/** Tokens made by hand: libraries refuse to make those that attackers do. */

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

export const base64url = (value: string | Uint8Array<ArrayBuffer>): string => {
  const bytes = typeof value === 'string' ? bytesOf(value) : value;
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
};

/** A header or a payload; a text is taken as it is, be it JSON or not. */
type Part = object | string;

const encoded = (part: Part): string => base64url(typeof part === 'string' ? part : JSON.stringify(part));

export const signingInput = (header: Part, payload: Part): string => `${encoded(header)}.${encoded(payload)}`;

export async function hmac(secret: string | Uint8Array<ArrayBuffer>, input: string, hash = 'SHA-256'): Promise<string> {
  const bytes = typeof secret === 'string' ? bytesOf(secret) : secret;
  // WebCrypto takes no empty key; HMAC pads keys with zeros, so one zero is the same.
  const raw = bytes.length === 0 ? new Uint8Array(1) : bytes;
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['sign']);
  return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(input))));
}

export async function hmacToken(
  header: Part,
  payload: Part,
  secret: string | Uint8Array<ArrayBuffer>,
  hash?: string,
): Promise<string> {
  const input = signingInput(header, payload);
  return `${input}.${await hmac(secret, input, hash)}`;
}

/** With another last character, which decodes to the same bytes: the bits that differ are dropped. */
export function withSpareBits(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)!) + 1]!;
}
