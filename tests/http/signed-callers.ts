/** Callers of a deployed Worker that is known to them by a shared secret, and its operator. */
import { SignJWT } from 'jose';

const SECRET = 'a secret that both sides of these tests share';
const ISSUED = { issuer: 'https://issuer.example', audience: 'shop' };

export const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
export const OPERATOR = { authorization: `Bearer ${OPERATOR_TOKEN}` };

/** Of the Worker. */
export const authenticate = { jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], ...ISSUED } };

export type Headers = Readonly<Record<string, string>>;

/** Headers of a caller with these claims, for ten minutes. */
export async function headersOf(claims: object): Promise<Headers> {
  const token = await new SignJWT({
    iss: ISSUED.issuer,
    aud: ISSUED.audience,
    exp: Date.now() / 1_000 + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
  return { authorization: `Bearer ${token}` };
}
