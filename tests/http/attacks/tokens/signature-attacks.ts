/** Tokens of somebody who has no key of an issuer. */
import { exportJWK, SignJWT } from 'jose';
import { base64url, hmacToken, signingInput } from './forge.ts';
import {
  type Attack,
  byEc,
  byRsa,
  changed,
  claims,
  derSigned,
  ec,
  OPERATOR_TOKEN,
  ownEc,
  ownRsa,
  RSA,
  rsa,
  rsaPem,
  rsaPublic,
  SECRET,
  SHARED,
  shared,
  unsigned,
} from './issuers.ts';

export const ALGORITHMS: readonly Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', '', 'hs256', 'HS256 ', 'HS256\u0000', 'HS1', 'dir'].map(
    (alg): Attack => [`alg ${JSON.stringify(alg)}, no signature`, () => unsigned({ alg })],
  ),
  [
    'alg "none", the signature of another token',
    () => changed(shared(), ([, body, mark]) => [base64url('{"alg":"none"}'), body!, mark!]),
  ],
  ['alg "none" in the name of the issuer with keys', () => unsigned({ alg: 'none', kid: 'a' }, RSA)],
  ['no alg', () => unsigned({ typ: 'JWT' })],
  ['alg null', () => unsigned({ alg: null })],
  ['alg as a list', () => hmacToken({ alg: ['HS256'] }, claims(SHARED), SECRET)],
  ['alg as an object', () => hmacToken({ alg: { toString: 'HS256' } }, claims(SHARED), SECRET)],
  ['alg in lower case, signed', () => hmacToken({ alg: 'hs256' }, claims(SHARED), SECRET)],
  ['alg HS512 by the same secret', () => hmacToken({ alg: 'HS512' }, claims(SHARED), SECRET, 'SHA-512')],
  ['alg HS384 by the same secret', () => hmacToken({ alg: 'HS384' }, claims(SHARED), SECRET, 'SHA-384')],
  ['alg twice, the last one none', () => `${signingInput('{"alg":"HS256","alg":"none"}', claims(SHARED))}.`],
  ['HS256 by the public key as PEM', () => hmacToken({ alg: 'HS256', kid: 'a' }, claims(RSA), rsaPem)],
  [
    'HS256 by the public key as PEM without its last line end',
    () => hmacToken({ alg: 'HS256', kid: 'a' }, claims(RSA), rsaPem.trim()),
  ],
  [
    'HS256 by the public key as JWK',
    () => hmacToken({ alg: 'HS256', kid: 'a' }, claims(RSA), JSON.stringify(rsaPublic)),
  ],
  ['HS256 by the modulus', () => hmacToken({ alg: 'HS256', kid: 'a' }, claims(RSA), rsaPublic.n!)],
  ['RS256 in the header, HMAC by the public key', () => hmacToken({ alg: 'RS256', kid: 'a' }, claims(RSA), rsaPem)],
  ['HS256 by the secret of another issuer', () => hmacToken({ alg: 'HS256', kid: 'a' }, claims(RSA), SECRET)],
  [
    'RS256 by the keys of another issuer',
    () => new SignJWT(claims(SHARED)).setProtectedHeader({ alg: 'RS256', kid: 'a' }).sign(rsa.privateKey),
  ],
  [
    'ES256 by the keys of another issuer',
    () => new SignJWT(claims(RSA)).setProtectedHeader({ alg: 'ES256', kid: 'e' }).sign(ec.privateKey),
  ],
  ['PS256 where RS256 is expected', () => unsigned({ alg: 'PS256', kid: 'a' }, RSA, base64url(new Uint8Array(256)))],
  ['RS512 where RS256 is expected', () => unsigned({ alg: 'RS512', kid: 'a' }, RSA, base64url(new Uint8Array(256)))],
];

export const SIGNATURES: readonly Attack[] = [
  ['no signature', () => changed(shared(), ([head, body]) => [head!, body!, ''])],
  ['no third part', () => changed(shared(), ([head, body]) => [head!, body!])],
  ['half a signature', () => changed(shared(), ([head, body, mark]) => [head!, body!, mark!.slice(0, 20)])],
  ['all but the last character', async () => (await shared()).slice(0, -1)],
  ['a longer signature', async () => `${await shared()}AAAA`],
  ['a signature of zeros', () => changed(shared(), ([head, body]) => [head!, body!, base64url(new Uint8Array(32))])],
  [
    'an ES256 signature of zeros',
    () => changed(byEc(), ([head, body]) => [head!, body!, base64url(new Uint8Array(64))]),
  ],
  ['an ES256 signature in DER', derSigned],
  [
    'an RS256 signature of zeros',
    () => changed(byRsa(), ([head, body]) => [head!, body!, base64url(new Uint8Array(256))]),
  ],
  [
    'an RS256 signature of ones',
    () => changed(byRsa(), ([head, body]) => [head!, body!, base64url(new Uint8Array(256).fill(255))]),
  ],
  ['another secret', () => hmacToken({ alg: 'HS256' }, claims(SHARED), `${SECRET}.`)],
  ['an empty secret', () => hmacToken({ alg: 'HS256' }, claims(SHARED), '')],
  ['an empty secret, in the name of the issuer with keys', () => hmacToken({ alg: 'HS256' }, claims(RSA), '')],
  ['a secret that many use', () => hmacToken({ alg: 'HS256' }, claims(SHARED), 'your-256-bit-secret')],
  ['the operators’ token as secret', () => hmacToken({ alg: 'HS256' }, claims(SHARED), OPERATOR_TOKEN)],
  ['a key of nobody', () => byRsa({ key: ownRsa.privateKey })],
  ['an EC key of nobody', () => byEc({ key: ownEc.privateKey })],
  [
    'another payload',
    () =>
      changed(shared(), ([head, , mark]) => [
        head!,
        base64url(JSON.stringify(claims(SHARED, { role: 'admin' }))),
        mark!,
      ]),
  ],
  [
    'another header',
    () => changed(shared(), ([, body, mark]) => [base64url('{"typ":"JWT","alg":"HS256"}'), body!, mark!]),
  ],
  ['header and payload swapped', () => changed(shared(), ([head, body, mark]) => [body!, head!, mark!])],
];

export const KEYS: readonly Attack[] = [
  ...[
    '../../../../dev/null',
    '/dev/null',
    'file:///dev/null',
    "x' UNION SELECT 'known'; --",
    'a; DROP TABLE keys',
    'https://evil.example/key.pem',
    '| cat /etc/passwd',
    '__proto__',
    'constructor',
    '*',
    '',
  ].map(
    (kid): Attack => [
      `kid ${JSON.stringify(kid)}, HMAC by nothing`,
      () => hmacToken({ alg: 'HS256', kid }, claims(RSA), ''),
    ],
  ),
  [
    'kid as SQL, HMAC by what it selects',
    () => hmacToken({ alg: 'HS256', kid: "x' UNION SELECT 'known'; --" }, claims(SHARED), 'known'),
  ],
  ['kid of another key', () => byRsa({ header: { kid: 'b' } })],
  ['kid of another issuer', () => byRsa({ header: { kid: 'e' } })],
  ['kid as a list', () => byRsa({ key: ownRsa.privateKey, header: { kid: ['a'] } })],
  ['no kid where there are two keys', () => byRsa({ key: ownRsa.privateKey, header: {} })],
  [
    'a key of its own in jwk',
    async () => byRsa({ key: ownRsa.privateKey, header: { kid: 'own', jwk: await exportJWK(ownRsa.publicKey) } }),
  ],
  [
    'a known kid, and a key of its own in jwk',
    async () => byRsa({ key: ownRsa.privateKey, header: { kid: 'a', jwk: await exportJWK(ownRsa.publicKey) } }),
  ],
  [
    'an address in jku',
    () => byRsa({ key: ownRsa.privateKey, header: { kid: 'own', jku: 'https://evil.example/jwks.json' } }),
  ],
  [
    'an address in jku that begins as the issuer’s',
    () => byRsa({ key: ownRsa.privateKey, header: { kid: 'own', jku: `${RSA}@evil.example/jwks.json` } }),
  ],
  [
    'an address in x5u',
    () => byRsa({ key: ownRsa.privateKey, header: { kid: 'own', x5u: 'https://evil.example/cert.pem' } }),
  ],
  [
    'a certificate in x5c',
    async () => byRsa({ key: ownRsa.privateKey, header: { kid: 'own', x5c: [btoa('certificate')] } }),
  ],
  [
    'a secret in jwk',
    () => hmacToken({ alg: 'HS256', jwk: { kty: 'oct', k: base64url('known') } }, claims(SHARED), 'known'),
  ],
];
