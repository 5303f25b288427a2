import { ShardQLError } from '../../shards/errors.ts';
import { ANONYMOUS, type Caller, isRoleName, ROLES_WITHOUT_CREDENTIAL } from '../../shards/protocol/envelope.ts';

const FORM = /^(?<role>\S+)(?:\s+(?<claims>.+))?$/;

/**
 * A caller as people write one: `<role> {claims as JSON}`, the claims optional. They are those of a caller, as after the mapping of a
 * credential.
 *
 * @param source where the text comes from, for the message.
 * @throws ShardQLError BAD_USER_INPUT for another form, and for roles that nobody can be: system, and the developer, who writes this.
 */
export function parseCaller(text: string, source: string): Caller {
  const expected = `${source} to be <role> {claims as JSON}, such as member {"memberId":"m1"}`;
  const { role, claims } = FORM.exec(text)?.groups ?? {};
  if (role === undefined || !isRoleName(role)) throw bad(expected, text);
  if (ROLES_WITHOUT_CREDENTIAL.has(role) && role !== ANONYMOUS.role) {
    throw bad(`${source} to name a role of the model, operator or anonymous`, role);
  }
  const parsed = claims === undefined ? {} : parseJson(claims);
  if (!isObject(parsed)) throw bad(expected, text);
  if (Object.hasOwn(parsed, 'role')) throw bad(`${source} to name the role before the claims, not in them`, text);
  return { role, claims: parsed };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bad = (expected: string, got: string) =>
  new ShardQLError('BAD_USER_INPUT', `Expected ${expected}, but got ${JSON.stringify(got.slice(0, 100))}.`);
