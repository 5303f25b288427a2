import { existsSync } from 'node:fs';
import { SignJWT } from 'jose';
import { CALLER_CLAIM, DEVELOPMENT_TOKENS } from '../../../src/http/authentication/development-tokens.ts';
import { claimHints } from '../../../src/model/access/claim-hints.ts';
import { claimsOfRoles } from '../../../src/model/access/claims-of-roles.ts';
import { unknownRole } from '../../../src/model/access/unknown-role.ts';
import { ANONYMOUS, type Caller, OPERATOR } from '../../../src/shards/protocol/envelope.ts';
import { findModel, mainOf, readConfig, readModel } from '../../project/read-model.ts';
import { CliError } from '../cli-error.ts';
import { parseAs } from '../parse-as.ts';

const DAY_MS = 24 * 3_600 * 1_000;
const DEFAULT_DAYS = 30;

interface TokenOptions {
  /** `<role> {claims as JSON}`. */
  readonly as: string;
  readonly expires?: string;
  /** wrangler.toml of the Worker that the token is for. Default: that of the working folder, if it has one. */
  readonly config?: string;
  readonly json: boolean;
}

/** Prints a token for `npm start` and `npm run dev`, which trust the public secret that it is signed with. */
export async function createToken({ as, expires, config, json }: TokenOptions): Promise<void> {
  const hints = await checkCaller(parseAs(as), config);
  const expiresAt = new Date(expires ?? Date.now() + DEFAULT_DAYS * DAY_MS);
  if (!(expiresAt.getTime() > Date.now())) {
    throw new CliError(`Expected --expires to be a moment to come in ISO 8601, but got "${expires}".`);
  }
  const token = await signDevelopmentToken(as, expiresAt);
  for (const hint of hints) console.error(hint);
  if (json) console.log(JSON.stringify({ as, token, expiresAt: expiresAt.toISOString() }));
  else {
    console.log(token);
    console.error('Send it as "Authorization: Bearer <token>" to npm start or npm run dev: no deployment accepts it.');
  }
}

/**
 * What may be wrong with the claims. Where there is no project, there are no roles to compare with: whoever is asked refuses what it
 * does not know.
 *
 * @throws CliError for a role that no rule lets in.
 */
async function checkCaller({ role, claims }: Caller, given: string | undefined): Promise<string[]> {
  const config = given ?? 'wrangler.toml';
  if (given === undefined && !existsSync(config)) return [];
  const { model } = await readModel(findModel(mainOf(readConfig(config, ''), config)));
  const problem = unknownRole(model, role, '--as', [ANONYMOUS.role, OPERATOR.role]);
  if (problem !== null) throw new CliError(problem);
  return model.roles.has(role) ? claimHints(role, claims, claimsOfRoles(model)[role]!) : [];
}

/** @param as `<role> {claims as JSON}` */
export function signDevelopmentToken(as: string, expiresAt: Date): Promise<string> {
  const { issuer, audience, algorithms, keys } = DEVELOPMENT_TOKENS;
  return new SignJWT({ [CALLER_CLAIM]: as })
    .setProtectedHeader({ alg: algorithms[0] })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(keys.secret));
}
