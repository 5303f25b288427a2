/** Tokens that are signed by an issuer, or changed after that, and say what they may not. */
import { base64url, hmacToken, signingInput, withSpareBits } from './forge.ts';
import {
  type Attack,
  AUDIENCE,
  byRsa,
  changed,
  claims,
  SECRET,
  SHARED,
  seconds,
  shared,
  sharedText,
} from './issuers.ts';

export const TIMES: readonly Attack[] = [
  ['ended', () => shared({ exp: seconds() - 31 })],
  ['ended long ago', () => byRsa({ more: { exp: 1 } })],
  ['no end', () => shared({ exp: undefined })],
  ['end null', () => shared({ exp: null })],
  ['end as text', () => shared({ exp: String(seconds() + 600) })],
  ['end as a list', () => shared({ exp: [seconds() + 600] })],
  ['end true', () => shared({ exp: true })],
  ['end below zero', () => shared({ exp: -1 })],
  ['end before all numbers', () => sharedText('"role":"admin","exp":-1e999')],
  ['not valid yet', () => shared({ nbf: seconds() + 60 })],
  ['beginning as text', () => shared({ nbf: '0' })],
  ['issued in the future', () => shared({ iat: seconds() + 60 })],
  ['time of issue as text', () => shared({ iat: 'now' })],
];

export const PARTIES: readonly Attack[] = [
  ['another issuer', () => shared({ iss: 'https://evil.example' })],
  ['no issuer', () => shared({ iss: undefined })],
  ['an issuer that begins so', () => shared({ iss: `${SHARED}.evil.example` })],
  ['an issuer with a slash more', () => shared({ iss: `${SHARED}/` })],
  ['an issuer in upper case', () => shared({ iss: SHARED.toUpperCase() })],
  ['an issuer with a space', () => shared({ iss: `${SHARED} ` })],
  ['an issuer that looks alike', () => shared({ iss: SHARED.replace('a', '\u0430') })],
  ['issuers as a list', () => shared({ iss: [SHARED] })],
  ['an issuer as an object', () => shared({ iss: { [SHARED]: SHARED } })],
  ['the issuer __proto__', () => shared({ iss: '__proto__' })],
  ['another audience', () => shared({ aud: 'https://other.example' })],
  ['no audience', () => shared({ aud: undefined })],
  ['an audience that begins so', () => shared({ aud: `${AUDIENCE}.evil.example` })],
  ['an audience that is a part of it', () => shared({ aud: AUDIENCE.slice(0, -1) })],
  ['an audience in upper case', () => shared({ aud: AUDIENCE.toUpperCase() })],
  ['other audiences', () => shared({ aud: [`${AUDIENCE}/`, 'https://other.example'] })],
  ['no audiences', () => shared({ aud: [] })],
  ['audiences in a list of lists', () => shared({ aud: [[AUDIENCE]] })],
  ['audiences in one text', () => shared({ aud: `${AUDIENCE} https://other.example` })],
  ['audiences as an object', () => shared({ aud: { 0: AUDIENCE, length: 1 } })],
  ['the audience * ', () => shared({ aud: '*' })],
];

export const FORMS: readonly Attack[] = [
  ['nothing', () => ''],
  ['dots alone', () => '..'],
  ['a fourth part', async () => `${await shared()}.AAAA`],
  ['a dot more', async () => `${await shared()}.`],
  ['an empty part in front', async () => `.${await shared()}`],
  [
    'five parts, as if encrypted',
    () => `${base64url('{"alg":"dir","enc":"A128GCM"}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
  [
    'the JSON form',
    async () => {
      const [head, payload, signature] = (await shared()).split('.');
      return JSON.stringify({ protected: head, payload, signature });
    },
  ],
  ['a header that is no JSON', () => changed(shared(), ([, body, mark]) => [base64url('{'), body!, mark!])],
  ['a header that is a list', () => hmacToken('["HS256"]', claims(SHARED), SECRET)],
  ['a payload that is no JSON', () => hmacToken({ alg: 'HS256' }, `{"iss":"${SHARED}"`, SECRET)],
  ['a payload that is a list', () => hmacToken({ alg: 'HS256' }, JSON.stringify([claims(SHARED)]), SECRET)],
  ['a payload that is text', () => hmacToken({ alg: 'HS256' }, '"customer"', SECRET)],
  [
    'a payload in UTF-16',
    () => hmacToken({ alg: 'HS256' }, JSON.stringify(claims(SHARED)).split('').join('\u0000'), SECRET),
  ],
  [
    'a payload with a byte order mark',
    () => hmacToken({ alg: 'HS256' }, `\u{FEFF}${JSON.stringify(claims(SHARED))}`, 'known'),
  ],
  ['a token in a token', async () => hmacToken({ alg: 'HS256', cty: 'JWT' }, await shared(), SECRET)],
  [
    'a payload that is not encoded',
    async () => {
      const input = `${base64url('{"alg":"HS256","b64":false,"crit":["b64"]}')}.${JSON.stringify(claims(SHARED)).replaceAll('"', '')}`;
      return `${input}.AAAA`;
    },
  ],
  ['b64 false, and signed so', () => shared({}, { b64: false, crit: ['b64'] })],
  ['b64 false, not critical', () => shared({}, { b64: false, crit: [] })],
  ['an unknown critical header', () => shared({}, { crit: ['x'], x: 1 })],
  ['critical headers as text', () => shared({}, { crit: 'x', x: 1 })],
  ['padding', () => changed(shared(), ([head, body, mark]) => [head!, body!, `${mark}=`])],
  [
    'padding in the header',
    async () => {
      const input = signingInput({ alg: 'HS256' }, claims(SHARED)).replace('.', '==.');
      return `${input}.AAAA`;
    },
  ],
  [
    'the other base64',
    async () => {
      for (;;) {
        const token = await shared({ jti: crypto.randomUUID() });
        const [, , mark] = token.split('.');
        if (/[-_]/.test(mark!))
          return changed(Promise.resolve(token), ([head, body]) => [
            head!,
            body!,
            mark!.replaceAll('-', '+').replaceAll('_', '/'),
          ]);
      }
    },
  ],
  [
    'a last character that decodes to the same signature',
    () => changed(shared(), ([head, body, mark]) => [head!, body!, withSpareBits(mark!)]),
  ],
  ['10,000 characters', () => shared({ text: 'x'.repeat(7_500) })],
  ['60,000 dots', () => '.'.repeat(8_000)],
];

export const CLAIMS: readonly Attack[] = [
  ['no role', () => shared({ role: undefined })],
  ['role null', () => shared({ role: null })],
  ['an empty role', () => shared({ role: '' })],
  ['the role operator', () => shared({ role: 'operator' })],
  ['the role developer', () => shared({ role: 'developer' })],
  ['the role system', () => shared({ role: 'system' })],
  ['the role anonymous', () => shared({ role: 'anonymous' })],
  ['the role operator by an escape', () => sharedText('"role":"\\u006fperator"')],
  ['roles as a list', () => shared({ role: ['operator'] })],
  ['a role as an object', () => shared({ role: { toString: 'operator' } })],
  ['a role as a number', () => shared({ role: 1 })],
  ['role true', () => shared({ role: true })],
  ['a role twice, the last one operator', () => sharedText('"role":"customer","role":"operator"')],
  ['a role by __proto__', () => sharedText('"__proto__":{"role":"operator"}')],
  ['a role by constructor.prototype', () => sharedText('"constructor":{"prototype":{"role":"operator"}}')],
  ['a role in another case', () => sharedText('"Role":"customer"')],
  ['a role in claims of its own', () => sharedText('"claims":{"role":"customer"}')],
];
