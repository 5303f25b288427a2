/** A deployed Worker with rows of two tenants, and those who ask it. */
import { SignJWT } from 'jose';
import { expect } from 'vitest';
import type { WorkerOptions } from '../../../../src/index.ts';
import { accessWorker, type Send } from '../../support.ts';
import { ROWS } from './hidden-rows.ts';

const SECRET = 'a secret that both sides of these tests share';
const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const [ISSUER, AUDIENCE] = ['https://issuer.example', 'spaces'];
const JWT = { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE };
const MANIFEST = {
  operations: [
    { id: 'members', body: '{ docs { nodes { title } } }' },
    { id: 'admins', body: '{ docs { nodes { title secret } } events { nodes { what } } }' },
  ],
};

export type Headers = Readonly<Record<string, string>>;

export const seconds = (): number => Math.floor(Date.now() / 1_000);
export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

export async function signed(claims: object): Promise<Headers> {
  const token = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: seconds() + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
  return bearer(token);
}

export const OPERATOR = bearer(OPERATOR_TOKEN);
const REQUEST_ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const VARIABLES = { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN };
const OPTIONS: Partial<WorkerOptions> = {
  authenticate: { jwt: JWT, apiKeySeconds: 0 },
  persisted: { manifest: MANIFEST },
};

export const post = (send: Send, body: object, headers: Headers): Promise<Response> =>
  send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** The answer as a text without what differs between any two requests. */
export async function textOf(response: Response | Promise<Response>): Promise<string> {
  const answer = await response;
  const { data, errors } = await answer.json<{ data?: unknown; errors?: unknown }>();
  return `${answer.status} ${JSON.stringify({ data, errors })}`.replace(REQUEST_ID, 'id');
}

/** With more options than the credentials and the documents that all have. */
export const deployedWorker = (options: Partial<WorkerOptions> = {}, bindings: object = {}): Send =>
  accessWorker({ ...VARIABLES, ...bindings }, { ...OPTIONS, ...options });

export async function loadRows(send: Send): Promise<void> {
  for (const [table, rows] of Object.entries(ROWS)) {
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    const response = await send(`/import?table=${table}`, { method: 'POST', body, headers: OPERATOR });
    expect(await response.json()).toMatchObject({ inserted: rows.length, failed: 0 });
  }
}
