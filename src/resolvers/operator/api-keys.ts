import { closestName } from '../../lib/closest-name.ts';
import { unknownRole } from '../../model/access/unknown-role.ts';
import type { Model } from '../../model/types.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { type ApiKey, hashOfSecret, newApiKeyText } from '../../shards/api-key.ts';
import type { ApiKeys } from '../../shards/client/api-keys.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { isRoleName, OPERATOR, ROLES_WITHOUT_CREDENTIAL } from '../../shards/protocol/envelope.ts';
import type { ConfirmedAction } from './confirmation/confirmed.ts';
import { parseMoment } from './parse-moment.ts';

/** An API key, as operators see it. */
export interface ShownApiKey {
  readonly name: string;
  readonly role: string;
  readonly claims: ApiKey['claims'];
  /** Moments are in ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

interface NewKeyArguments {
  readonly name: string;
  readonly role: string;
  readonly claims?: unknown;
  readonly expiresAt?: string | null | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MAX_CLAIMS_LENGTH = 4_096;

export const listApiKeys = async (keys: ApiKeys): Promise<ShownApiKey[]> => (await keys.list()).map(shown);

/** @returns the text of the key, which cannot be had again. */
export async function createApiKey(keys: ApiKeys, model: Model, args: NewKeyArguments): Promise<string> {
  const { name, role } = args;
  if (!NAME.test(name)) throw bad('name', '1 to 64 letters, digits, ".", "_" and "-"', name);
  if (!isRoleName(role) || ROLES_WITHOUT_CREDENTIAL.has(role))
    throw bad('role', 'the name of a role that may have a credential', role);
  const problem = unknownRole(model, role, 'role', [OPERATOR.role]);
  if (problem !== null) throw badUserInput(problem);
  const text = newApiKeyText();
  const hash = await hashOfSecret(text);
  const key = { hash, name, role, claims: checkedClaims(args.claims), expiresAtMs: checkedExpiry(args.expiresAt) };
  if (await keys.add(key)) return text;
  throw new ShardQLError(
    'UNIQUE_VIOLATION',
    `Expected a name that no API key has, but got "${name}"; revoke that key, or choose another name.`,
  );
}

/** Revokes a key; gives it. NOT_FOUND if there is no such key. */
export function revocation(keys: ApiKeys, name: string): ConfirmedAction<ShownApiKey, ShownApiKey> {
  const find = () => findValidKey(keys, name);
  return {
    action: 'revoke-api-key',
    target: name,
    args: { name },
    preview: find,
    // A name may be taken again once its key is revoked.
    stateOf: ({ createdAt }) => createdAt,
    async perform() {
      const key = await find();
      await keys.revoke(name);
      return { ...key, revokedAt: toIso(Date.now()) };
    },
  };
}

/** Expired ones are there, too. */
async function findValidKey(keys: ApiKeys, name: string): Promise<ShownApiKey> {
  const valid = (await listApiKeys(keys)).filter(({ revokedAt }) => revokedAt === null);
  const key = valid.find((each) => each.name === name);
  if (key !== undefined) return key;
  const closest = closestName(
    name,
    valid.map((each) => each.name),
  );
  throw new ShardQLError(
    'NOT_FOUND',
    `Expected the name of an API key that is not revoked, but got ${JSON.stringify(name.slice(0, 100))}.${closest === undefined ? '' : ` Did you mean ${JSON.stringify(closest)}?`}`,
  );
}

function checkedClaims(claims: unknown): ApiKey['claims'] {
  if (claims === undefined || claims === null) return {};
  if (typeof claims !== 'object' || Array.isArray(claims)) throw bad('claims', 'an object', JSON.stringify(claims));
  if (Object.hasOwn(claims, 'role'))
    throw badUserInput('Expected claims beside the argument role, but got one called role.');
  const text = JSON.stringify(claims);
  if (text.length > MAX_CLAIMS_LENGTH)
    throw badUserInput(`Expected claims of at most ${MAX_CLAIMS_LENGTH} characters, but got ${text.length}.`);
  // Objects written in the document have no prototype, and RPC takes none such.
  return JSON.parse(text);
}

function checkedExpiry(expiresAt: string | null | undefined): number | null {
  if (expiresAt === undefined || expiresAt === null) return null;
  const at = parseMoment(expiresAt);
  if (at !== null && at > Date.now()) return at;
  throw bad('expiresAt', 'a moment to come in ISO 8601, such as "2030-01-31T12:00:00Z"', expiresAt);
}

const bad = (argument: string, expected: string, got: string) =>
  badUserInput(`Expected ${argument} to be ${expected}, but got ${JSON.stringify(got.slice(0, 100))}.`);

const shown = ({ name, role, claims, createdAtMs, expiresAtMs, revokedAtMs }: ApiKey): ShownApiKey => ({
  name,
  role,
  claims,
  createdAt: toIso(createdAtMs),
  expiresAt: expiresAtMs === null ? null : toIso(expiresAtMs),
  revokedAt: revokedAtMs === null ? null : toIso(revokedAtMs),
});

const toIso = (ms: number): string => new Date(ms).toISOString();
