/**
 * Signs messages as Standard Webhooks say (standardwebhooks.com): HMAC-SHA-256 over `id.timestamp.body`, so that libraries of that name
 * verify them.
 */
export async function signedHeaders(
  secret: string,
  id: string,
  timestampSeconds: number,
  body: string,
): Promise<Readonly<Record<string, string>>> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secretBytes(secret), algorithm, false, ['sign']);
  const signed = new TextEncoder().encode(`${id}.${timestampSeconds}.${body}`);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}

/** What is wrong with a secret, after "Expected …"; null: nothing. It is not quoted. */
export function secretProblem(secret: string): string | null {
  if (!secret.startsWith(PREFIX)) return `to begin with ${PREFIX}, but got other text`;
  const length = decoded(secret)?.length;
  if (length === undefined) return `to be ${PREFIX} and base64, but got other characters`;
  return length >= LEAST_BYTES && length <= MOST_BYTES
    ? null
    : `to be ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64, but got ${length}`;
}

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** Null: it is no base64. */
function decoded(secret: string): Uint8Array<ArrayBuffer> | null {
  const text = secret.slice(PREFIX.length);
  return BASE64.test(text) ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : null;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Of one that has no problem. */
const secretBytes = (secret: string): Uint8Array<ArrayBuffer> => decoded(secret)!;
