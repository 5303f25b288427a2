import { claimHints } from '../../../src/model/access/claim-hints.ts';
import { alignColumns } from '../align-columns.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type ConfirmedCall, perform, preview } from '../confirmed-call.ts';

interface ApiKey {
  readonly name: string;
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Moments are in ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

interface JsonOption {
  readonly json: boolean;
}

export interface NewKeyOptions extends JsonOption {
  readonly role: string;
  /** `name=value`; a value is JSON, or else text. */
  readonly claim?: readonly string[];
  readonly expires?: string;
}

const ROLES = '{ roles { name claims } }';

const CREATE = `mutation ($name: String!, $role: String!, $claims: JSON, $expiresAt: String) {
  createApiKey(name: $name, role: $role, claims: $claims, expiresAt: $expiresAt)
}`;

/** Prints the text of the new key, which cannot be had again. */
export async function createKey(
  api: ApiClient,
  name: string,
  { role, claim = [], expires, json }: NewKeyOptions,
): Promise<void> {
  const claims = Object.fromEntries(claim.map(parseClaim));
  const variables = { name, role, claims, expiresAt: expires ?? null };
  const { createApiKey: key } = await api.operate<{ createApiKey: string }>(CREATE, variables);
  if (json) console.log(JSON.stringify({ name, role, claims, key }));
  else {
    console.log(key);
    console.error('Keep it now: only its hash is stored. Send it as "Authorization: Bearer <key>".');
  }
  for (const hint of await hintsOf(api, role, claims)) console.error(hint);
}

/** After the key is shown, which cannot be had again: an older API may not say which claims its rules use. */
async function hintsOf(api: ApiClient, role: string, claims: Readonly<Record<string, unknown>>): Promise<string[]> {
  try {
    const { roles } = await api.operate<{ roles: readonly { name: string; claims: readonly string[] }[] }>(ROLES);
    const used = roles.find(({ name }) => name === role)?.claims;
    return used === undefined ? [] : claimHints(role, claims, used);
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}

const LIST = '{ apiKeys { name role claims createdAt expiresAt revokedAt } }';

export async function listKeys(api: ApiClient, { json }: JsonOption): Promise<void> {
  const { apiKeys } = await api.operate<{ apiKeys: readonly ApiKey[] }>(LIST);
  if (json) console.log(JSON.stringify({ apiKeys }));
  else if (apiKeys.length === 0) console.log('no API keys');
  else console.log(alignColumns([['name', 'role', 'claims', 'created', 'state'], ...apiKeys.map(cellsOf)]));
}

const cellsOf = (key: ApiKey): string[] => [
  key.name,
  key.role,
  JSON.stringify(key.claims),
  key.createdAt,
  stateOf(key),
];

function stateOf({ expiresAt, revokedAt }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  if (expiresAt === null) return 'valid';
  return `${Date.parse(expiresAt) > Date.now() ? 'valid until' : 'expired'} ${expiresAt}`;
}

const revocationOf = (name: string): ConfirmedCall<{ readonly name: string }, { readonly name: string }> => ({
  field: 'revokeApiKey',
  declared: '$name: String!',
  given: 'name: $name',
  variables: { name },
  preview: 'name',
  done: 'apiKey { name }',
});

export async function revokeKey(api: ApiClient, name: string, { json }: JsonOption): Promise<void> {
  const call = revocationOf(name);
  await perform(api, call, (await preview(api, call)).token);
  console.log(json ? JSON.stringify({ revoked: name }) : `${name} is revoked: every isolate refuses it within 30 s`);
}

function parseClaim(text: string): [name: string, value: unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new CliError(`Expected --claim to be name=value, but got "${text}".`);
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
