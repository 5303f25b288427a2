/** The issuers that the attacked Worker trusts, and tokens of them. */
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { JwtOptions } from '../../../../src/index.ts';
import { base64url, hmacToken, signingInput } from './forge.ts';

export type Attack = readonly [name: string, token: () => string | Promise<string>];

export const SECRET = 'a secret that both sides of these tests share';
export const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
export const AUDIENCE = 'https://api.example';
export const [SHARED, RSA, EC] = ['https://shared.example', 'https://rsa.example/', 'https://ec.example'];
export const JWKS: ReadonlyMap<string, 'rsa' | 'ec'> = new Map([
  [`${RSA}jwks.json`, 'rsa'],
  [`${EC}/jwks.json`, 'ec'],
]);

export const issuers: JwtOptions[] = [
  { issuer: SHARED, audience: AUDIENCE, algorithms: ['HS256'], keys: { secret: SECRET } },
  { issuer: RSA, audience: AUDIENCE, algorithms: ['RS256'], keys: { jwksUrl: `${RSA}jwks.json` } },
  { issuer: EC, audience: AUDIENCE, algorithms: ['ES256'], keys: { jwksUrl: `${EC}/jwks.json` } },
];

export const [rsa, nextRsa, ec, ownRsa, ownEc] = await Promise.all([
  generateKeyPair('RS256', { extractable: true }),
  generateKeyPair('RS256', { extractable: true }),
  generateKeyPair('ES256', { extractable: true }),
  generateKeyPair('RS256', { extractable: true }),
  generateKeyPair('ES256', { extractable: true }),
]);
export const rsaPublic = await exportJWK(rsa.publicKey);
export const rsaPem = await exportSPKI(rsa.publicKey);
export const published = {
  rsa: [
    { ...rsaPublic, kid: 'a', alg: 'RS256' },
    { ...(await exportJWK(nextRsa.publicKey)), kid: 'b', alg: 'RS256' },
  ],
  ec: [{ ...(await exportJWK(ec.publicKey)), kid: 'e' }],
};

export const seconds = () => Math.floor(Date.now() / 1_000);
export const claims = (iss: string, more: object = {}) => ({
  iss,
  aud: AUDIENCE,
  exp: seconds() + 600,
  role: 'operator-of-shop',
  ...more,
});

/** By the secret, so only the claims or the header are wrong. */
export const shared = (more: object = {}, header: object = {}) =>
  hmacToken({ alg: 'HS256', typ: 'JWT', ...header }, claims(SHARED, more), SECRET);

/** A payload as text: what `JSON.stringify` does not write. */
export const sharedText = (text: string) =>
  hmacToken({ alg: 'HS256' }, JSON.stringify(claims(SHARED)).replace('"role":"operator-of-shop"', text), SECRET);

interface Signing {
  readonly key?: CryptoKey;
  readonly header?: object;
  readonly more?: object;
}

export const byRsa = ({ key = rsa.privateKey, header = { kid: 'a' }, more }: Signing = {}) =>
  new SignJWT(claims(RSA, more)).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);

export const byEc = ({ key = ec.privateKey, header = { kid: 'e' }, more }: Signing = {}) =>
  new SignJWT(claims(EC, more)).setProtectedHeader({ alg: 'ES256', ...header }).sign(key);

export const changed = async (token: Promise<string>, change: (parts: string[]) => string[]) =>
  change((await token).split('.')).join('.');

export const unsigned = (header: object, iss = SHARED, signature = '') =>
  `${signingInput(header, claims(iss))}.${signature}`;

/** An ES256 signature in the form of TLS, not of JWS. */
export async function derSigned(): Promise<string> {
  const [head, body, signature] = (await byEc()).split('.') as [string, string, string];
  const raw = Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const integer = (bytes: Uint8Array) => [0x02, bytes.length + 1, 0, ...bytes];
  const body2 = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return [head, body, base64url(new Uint8Array([0x30, body2.length, ...body2]))].join('.');
}
